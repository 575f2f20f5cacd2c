// A chain of any id, with the contracts' build at hand: what the deployment tests stand on.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const contracts = join(root, 'contracts');
const programs = process.env.DNC_BIN ? resolve(process.env.DNC_BIN) : join(root, 'build', 'bin');
const anvil = join(root, 'node_modules', '@foundry-rs', 'anvil-linux-amd64', 'bin', 'anvil');
const STARTED_WITHIN_MS = 20_000;

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  if (done.error) throw done.error;
  return { status: done.status, out: done.stdout.trim(), said: done.stderr.trim() };
}

function must(command, args, options) {
  const { status, out, said } = run(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${said || out}`);
  return out;
}

export const cast = (...args) => must(join(root, 'node_modules', '.bin', 'cast'), args);
export const clusterctl = (...args) => run(join(programs, 'clusterctl'), args);
export const artifactOf = (name) =>
  JSON.parse(readFileSync(join(contracts, 'out', `${name}.sol`, `${name}.json`), 'utf8'));

// The sources of the product and of the doubles, the tests not.
export function build() {
  const forge = join(root, 'node_modules', '.bin', 'forge');
  must(forge, ['build', 'test/doubles/DstackKmsDouble.sol'], { cwd: contracts });
  must(forge, ['build', '--skip', 'test'], { cwd: contracts });
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

export class World {
  // Keys that nobody published.
  deployer = cast('keccak', 'a deployer of the tests');
  proposer = cast('keccak', 'a proposer of the tests');

  static async start(chainId) {
    const world = new World();
    const port = await freePort();
    world.chainId = chainId;
    world.url = `http://127.0.0.1:${port}`;
    world.folder = mkdtempSync(join(tmpdir(), 'deploy-test-'));
    const args = ['--port', String(port), '--chain-id', String(chainId), '--silent'];
    world.chain = spawn(anvil, args, { stdio: 'ignore' });
    const deadline = Date.now() + STARTED_WITHIN_MS;
    while (!(await world.rpc('eth_chainId').catch(() => null))) {
      if (Date.now() > deadline) throw new Error('anvil did not start');
      await new Promise((again) => setTimeout(again, 50)); // polls
    }
    for (const key of [world.deployer, world.proposer]) {
      await world.rpc('anvil_setBalance', [world.addressOf(key), '0x56bc75e2d63100000']);
    }
    return world;
  }

  stop() {
    this.chain.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async rpc(method, params = []) {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const answer = await fetch(this.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { result, error } = await answer.json();
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  addressOf(key) {
    return cast('wallet', 'address', key).toLowerCase();
  }
  call(to, signature, ...args) {
    return cast('call', '--rpc-url', this.url, to, signature, ...args).toLowerCase();
  }
  send(key, to, signature, ...args) {
    cast('send', '--rpc-url', this.url, '--private-key', key, to, signature, ...args);
  }
  // Gives the address of the new contract.
  create(code, signature, ...args) {
    const rest = signature ? [signature, ...args] : [];
    const sent = ['send', '--json', '--rpc-url', this.url, '--private-key', this.deployer, '--create', code, ...rest];
    return JSON.parse(cast(...sent)).contractAddress.toLowerCase();
  }
  // A DstackKms whose root key is this one, compressed.
  createKms(k256Pubkey) {
    const code = artifactOf('DstackKmsDouble').bytecode.object;
    const kms = this.create(code, 'constructor(address)', this.addressOf(this.deployer));
    this.send(this.deployer, kms, 'setKmsInfo((bytes,bytes,bytes,bytes))', `(${k256Pubkey},0x,0x,0x)`);
    return kms;
  }

  get file() {
    return join(this.folder, `${this.chainId}.json`);
  }
  get record() {
    return JSON.parse(readFileSync(this.file, 'utf8'));
  }
  // Runs the deployment script; `settings` are its environment and `undefined` takes one away.
  deploy(settings, ...flags) {
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      RPC_URL: this.url,
      CHAIN_ID: String(this.chainId),
      DEPLOYER_KEY: this.deployer,
      DEPLOYMENT_FILE: this.file,
      ...settings,
    };
    for (const name of Object.keys(env)) if (env[name] === undefined) delete env[name];
    return run('node', [join(contracts, 'script', 'deploy.mjs'), ...flags], { env });
  }
  // The same by clusterctl, from a folder that is none of the repository's.
  deployByFlags(flags, environment = {}) {
    const key = join(this.folder, 'key');
    writeFileSync(key, this.deployer, { mode: 0o600 });
    const all = { rpc: this.url, key, 'chain-id': this.chainId, deployment: this.file, ...flags };
    const typed = Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const env = { PATH: process.env.PATH, HOME: this.folder, DEPLOYER_KEY: '0x01', ...environment };
    return run(join(programs, 'clusterctl'), ['deploy', ...typed], { env });
  }
}
