#!/usr/bin/env node
// Deploys a cluster and writes deployments/<chainId>.json. Without --broadcast it only tries: everything runs against
// the chain's state, nothing is sent, and what would be written is printed.
//
//   RPC_URL=URL DEPLOYER_KEY_FILE=FILE CHAIN_ID=8453 KMS_CONTRACT=0x.. TIMELOCK_DELAY=172800 PROPOSERS=0x.. \
//     contracts/script/deploy.mjs [--broadcast] [--replace]
//
// On every chain: RPC_URL; DEPLOYER_KEY, or DEPLOYER_KEY_FILE with it; CHAIN_ID (31337), which must be the chain's.
// The KMS:   KMS_CONTRACT, dstack's DstackKms, which is asked for its root key; on 31337 KMS_ROOT may be typed instead.
//            REGISTER_APP (true) registers the cluster there.
// The owner: TIMELOCK_DELAY (seconds), PROPOSERS and EXECUTORS (the proposers), lists with commas: makes a timelock.
//            Or OWNER; ALLOW_NO_TIMELOCK and ALLOW_ACCOUNT_OWNER insist on a weaker one. On 31337: the deployer.
// The rest:  FOUNDING_SEATS (3), MAX_SEATS (100), MAX_SEATS_PER_OWNER (MAX_SEATS), COMPOSE_HASH, DEVICE_ID,
//            ALLOW_ANY_DEVICE (false; true on 31337), REQUIRE_TCB_UP_TO_DATE (true; false on 31337), SALT (random).
// DEPLOYMENT_FILE names another output file; --replace lets go of a cluster that an existing file names.
import { spawnSync } from 'node:child_process';
import { createECDH, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const LOCAL_CHAIN = 31337;
const contracts = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const root = resolve(contracts, '..');
const flags = new Set(process.argv.slice(2));
const broadcast = flags.delete('--broadcast');
const replace = flags.delete('--replace');
const env = { ...process.env };

function fail(message) {
  console.error(`deploy: ${message}`);
  process.exit(1);
}

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

function readKey() {
  if (env.DEPLOYER_KEY || !env.DEPLOYER_KEY_FILE) return;
  try {
    const others = statSync(env.DEPLOYER_KEY_FILE).mode & 0o077;
    if (others) fail(`DEPLOYER_KEY_FILE can be read by others: chmod 600 ${env.DEPLOYER_KEY_FILE}`);
    env.DEPLOYER_KEY = readFileSync(env.DEPLOYER_KEY_FILE, 'utf8').trim();
  } catch (error) {
    fail(`DEPLOYER_KEY_FILE: ${error.message}`);
  }
}

// Forge wants to know who pays for the libraries; no key stands in a command line.
function deployerAddress() {
  const curve = createECDH('secp256k1');
  try {
    curve.setPrivateKey(env.DEPLOYER_KEY.replace(/^0x/, '').padStart(64, '0'), 'hex');
  } catch {
    fail('DEPLOYER_KEY is no private key: 32 bytes in hex');
  }
  const point = curve.getPublicKey('hex').slice(2);
  const hash = spawnSync(join(root, 'node_modules', '.bin', 'cast'), ['keccak', `0x${point}`], { encoding: 'utf8' });
  if (hash.status !== 0) fail(`cast does not run: ${hash.stderr || hash.error}`);
  return `0x${hash.stdout.trim().slice(-40)}`;
}

// A production cluster is not forgotten because somebody pressed enter twice.
async function refuseToForget(file, chainId) {
  if (!broadcast || replace || chainId === LOCAL_CHAIN || !existsSync(file)) return;
  const { address } = JSON.parse(readFileSync(file, 'utf8'));
  const code = await rpc('eth_getCode', [address, 'latest']);
  if (code !== '0x') fail(`${file} names the cluster ${address}, which stands; --replace deploys another one`);
}

// Runs Deploy.s.sol; gives what it returned and, when it was sent, its transactions.
function runForge(chainId) {
  const records = mkdtempSync(join(tmpdir(), 'deploy-')); // its own, so that two deployments may run side by side
  const args = ['script', 'script/Deploy.s.sol:Deploy', '--rpc-url', env.RPC_URL, '--non-interactive'];
  args.push('--sender', deployerAddress());
  if (broadcast) args.push('--broadcast');
  const forge = join(root, 'node_modules', '.bin', 'forge');
  const run = spawnSync(forge, args, { cwd: contracts, env: { ...env, FOUNDRY_BROADCAST: records }, encoding: 'utf8' });
  if (run.status !== 0) {
    rmSync(records, { recursive: true, force: true });
    const said = `${run.stdout || ''}\n${run.stderr || run.error || ''}`;
    const refusal = /^Error: script failed: (.*)$/m.exec(said);
    if (refusal) fail(`refused: ${refusal[1]}`);
    // A trace is of no use to anybody.
    const lines = said.split('\n').filter((line) => /^(Error|Context|- )/.test(line));
    fail(lines.join('\n') || said);
  }
  const folder = join(records, 'Deploy.s.sol', String(chainId), broadcast ? '' : 'dry-run');
  const record = JSON.parse(readFileSync(join(folder, 'run-latest.json'), 'utf8'));
  rmSync(records, { recursive: true, force: true });
  return record;
}

// The transaction that made the clone: the one in which the factory spoke.
async function findCreation(record, factory) {
  for (const { hash } of record.transactions) {
    const receipt = await rpc('eth_getTransactionReceipt', [hash]);
    if (!receipt || receipt.status !== '0x1') fail(`transaction ${hash} did not succeed`);
    if (receipt.logs.some((log) => log.address.toLowerCase() === factory)) {
      return { block: Number(receipt.blockNumber), tx: hash };
    }
  }
  return fail('no transaction made the cluster');
}

// What was built, so that anybody can build it again: the compiler, and the hash of its metadata (IPFS, sha2-256).
function describeBuild() {
  const file = join(contracts, 'out', 'DstackMembershipNFT.sol', 'DstackMembershipNFT.json');
  const artifact = JSON.parse(readFileSync(file, 'utf8'));
  const code = artifact.deployedBytecode.object;
  const metadataHash = /64697066735822(1220[0-9a-f]{64})64736f6c6343[0-9a-f]{6}0033$/.exec(code);
  if (!metadataHash) fail(`${file} carries no metadata hash`);
  return { compiler: artifact.metadata.compiler.version, metadataHash: `0x${metadataHash[1]}` };
}

// "src/libraries/JoinLogic.sol:JoinLogic:0x.." for each linked library.
function describeLibraries(record) {
  const parts = record.libraries.map((line) => line.split(':'));
  return Object.fromEntries(parts.map(([, name, address]) => [name, address.toLowerCase()]));
}

// ClusterParams, all that initialize() was given: "(0x.., 0x.., 3, ..)", in the order of the struct.
function describeParams(tuple) {
  const [owner, kmsRoot, foundingSeats, maxSeats, maxSeatsPerOwner, composeHash, deviceId, anyDevice, upToDate] =
    tuple.replace(/[()]/g, '').split(', ');
  return {
    owner,
    kmsRoot,
    foundingSeats: Number(foundingSeats),
    maxSeats: Number(maxSeats),
    maxSeatsPerOwner: Number(maxSeatsPerOwner),
    composeHash,
    deviceId,
    allowAnyDevice: anyDevice === 'true',
    requireTcbUpToDate: upToDate === 'true',
  };
}

// The script checked its own simulation; this is the chain. Both calls return one word that ends with an address.
async function checkChain(deployment) {
  const getters = { owner: '0x8da5cb5b', kmsRoot: '0xafc38307', pendingOwner: '0xe30c3978' };
  const expected = { owner: deployment.owner, kmsRoot: deployment.kmsRoot, pendingOwner: `0x${'00'.repeat(20)}` };
  for (const [name, data] of Object.entries(getters)) {
    const found = `0x${(await rpc('eth_call', [{ to: deployment.address, data }, 'latest'])).slice(-40)}`;
    if (found !== expected[name]) fail(`${name} of ${deployment.address} is ${found}, expected ${expected[name]}`);
  }
}

readKey();
if (flags.size) fail(`unknown argument ${[...flags].join(' ')}: only --broadcast and --replace`);
for (const name of ['RPC_URL', 'DEPLOYER_KEY']) {
  if (!env[name]) fail(`${name} is not set; the head of contracts/script/deploy.mjs says what else may be`);
}
env.SALT ||= `0x${randomBytes(32).toString('hex')}`;
const chainId = Number(await rpc('eth_chainId').catch((e) => fail(`no chain at RPC_URL: ${e.message}`)));
const file = env.DEPLOYMENT_FILE || join(root, 'deployments', `${chainId}.json`);
await refuseToForget(file, chainId);

const record = runForge(chainId);
const returned = Object.fromEntries(
  Object.entries(record.returns).map(([name, { value }]) => [name, value.replaceAll('"', '').toLowerCase()]),
);
const deployment = {
  address: returned.cluster,
  chainId,
  ...(broadcast ? await findCreation(record, returned.factory) : {}),
  ...describeBuild(),
  implementation: returned.implementation,
  libraries: describeLibraries(record),
  factory: returned.factory,
  salt: env.SALT,
  kmsContract: env.KMS_CONTRACT ? env.KMS_CONTRACT.toLowerCase() : undefined,
  ownerKind: returned.ownerKind,
  minDelay: Number(returned.minDelay),
  ...describeParams(returned.params),
};
const text = `${JSON.stringify(deployment, null, 2)}\n`;
if (broadcast) {
  await checkChain(deployment);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file); // whoever watches the file never reads half of it
  console.log(`${deployment.address} ${file}`);
} else {
  console.error('deploy: dry run, nothing was sent; the same with --broadcast would write:');
  process.stdout.write(text);
}
