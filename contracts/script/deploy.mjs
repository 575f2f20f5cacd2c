#!/usr/bin/env node
// Deploys a cluster (libraries, implementation, factory, clone) and writes deployments/<chainId>.json.
//
//   RPC_URL=http://127.0.0.1:8545 DEPLOYER_KEY=0x.. KMS_ROOT=0x.. contracts/script/deploy.mjs
//
// Optional: OWNER (the deployer), FOUNDING_SEATS (3), MAX_SEATS (100), MAX_SEATS_PER_OWNER (MAX_SEATS), COMPOSE_HASH,
// DEVICE_ID, ALLOW_ANY_DEVICE (true), REQUIRE_TCB_UP_TO_DATE (false), SALT (random), and IMPLEMENTATION and FACTORY
// to reuse what stands. DEPLOYMENT_FILE names another output file.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const contracts = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const root = resolve(contracts, '..');

function fail(message) {
  console.error(`deploy: ${message}`);
  process.exit(1);
}

for (const name of ['RPC_URL', 'DEPLOYER_KEY', 'KMS_ROOT']) {
  if (!process.env[name]) fail(`${name} is not set`);
}
const records = mkdtempSync(join(tmpdir(), 'deploy-')); // its own, so that two deployments may run side by side
process.on('exit', () => rmSync(records, { recursive: true, force: true }));
const salt = process.env.SALT || `0x${randomBytes(32).toString('hex')}`;
const env = { ...process.env, SALT: salt, FOUNDRY_BROADCAST: records };

async function rpc(method, params = []) {
  const answer = await fetch(env.RPC_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = await answer.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

const chainId = Number(await rpc('eth_chainId').catch((e) => fail(`no chain at ${env.RPC_URL}: ${e.message}`)));

const forge = join(root, 'node_modules', '.bin', 'forge');
const args = ['script', 'script/Deploy.s.sol:Deploy', '--rpc-url', env.RPC_URL, '--broadcast', '--non-interactive'];
const run = spawnSync(forge, args, { cwd: contracts, env, encoding: 'utf8' });
if (run.status !== 0) {
  const said = `${run.stdout || ''}\n${run.stderr || run.error || ''}`.split('\n'); // the trace is of no use to anybody
  fail(said.filter((line) => /^(Error|Context|- )/.test(line)).join('\n') || said.join('\n'));
}

// Forge knows the addresses; the chain knows in which block they came to be.
const broadcast = JSON.parse(readFileSync(join(records, 'Deploy.s.sol', String(chainId), 'run-latest.json'), 'utf8'));
const returned = Object.fromEntries(Object.entries(broadcast.returns).map(([name, { value }]) => [name, value.toLowerCase()]));
const tx = broadcast.transactions.at(-1).hash;
const receipt = await rpc('eth_getTransactionReceipt', [tx]);
if (!receipt || receipt.status !== '0x1') fail(`transaction ${tx} did not succeed`);
const call = async (signature) => rpc('eth_call', [{ to: returned.cluster, data: signature }, 'latest']);

const deployment = {
  address: returned.cluster,
  chainId,
  block: Number(receipt.blockNumber),
  tx,
  implementation: returned.implementation,
  factory: returned.factory,
  libraries: broadcast.libraries.map((line) => line.split(':').slice(1).join(':')),
  salt,
  owner: `0x${(await call('0x8da5cb5b')).slice(-40)}`, // owner()
  foundingSeats: Number(env.FOUNDING_SEATS || 3),
  maxSeats: Number(env.MAX_SEATS || 100),
  kmsRoot: env.KMS_ROOT.toLowerCase(),
  composeHash: env.COMPOSE_HASH || `0x${'00'.repeat(32)}`,
};
const file = env.DEPLOYMENT_FILE || join(root, 'deployments', `${chainId}.json`);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(`${file}.tmp`, `${JSON.stringify(deployment, null, 2)}\n`);
renameSync(`${file}.tmp`, file); // whoever watches the file never reads half of it
console.log(`${deployment.address} ${file}`);
