#!/usr/bin/env node
// The deployment for production chains, run for real against Anvil under their ids: what must work, and what must be
// refused with the right words. Then clusterctl is asked about what stands, whole and tampered with. The last line
// is the verdict: "N passed, N failed".
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { World, artifactOf, build, cast, clusterctl, root } from './world.mjs';

const PUBLISHED_ACCOUNT = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8'; // Anvil's, index 1
const PUBLISHED_KEY = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d';
const CREATE2_DEPLOYER = '0x4e59b44847b379578588920ca78fbf26c0b4956c';
const ZERO_DELAY_ANSWER = '0x5f5f5260205ff3'; // code that answers every call with one word of zeros
const DELAY = 172_800;
const ROOT_KEY = cast('keccak', 'a KMS root of the tests');

let passed = 0;
let failed = 0;
async function test(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}

function compressed(key) {
  const point = cast('wallet', 'public-key', '--raw-private-key', key).slice(2);
  const odd = parseInt(point.slice(-1), 16) % 2;
  return `0x0${2 + odd}${point.slice(0, 64)}`;
}

function linkedLibraries() {
  const files = Object.values(artifactOf('DstackMembershipNFT').bytecode.linkReferences);
  return files.flatMap((file) => Object.keys(file)).sort();
}

// What every good deployment names.
function production(world) {
  return { KMS_CONTRACT: world.kms, TIMELOCK_DELAY: String(DELAY), PROPOSERS: world.addressOf(world.proposer) };
}

function verify(world, artifacts = join(root, 'contracts', 'out')) {
  const where = ['--deployment', world.file, '--rpc', world.url, '--artifacts', artifacts];
  const said = clusterctl('contract', 'verify', ...where, '-o', 'json');
  assert.ok(said.out, said.said);
  return { status: said.status, gates: JSON.parse(said.out).gates };
}

async function deploysBehindATimelock(world) {
  const nonce = () => world.rpc('eth_getTransactionCount', [world.addressOf(world.deployer), 'latest']);

  await test(`${world.chainId}: a dry run sends and writes nothing`, async () => {
    const before = await nonce();
    const tried = world.deploy(production(world));
    assert.equal(tried.status, 0, tried.said);
    const plan = JSON.parse(tried.out);
    assert.equal(plan.kmsRoot, world.addressOf(ROOT_KEY));
    assert.equal(plan.tx, undefined);
    assert.equal(await nonce(), before);
    assert.ok(!existsSync(world.file));
  });

  await test(`${world.chainId}: clusterctl deploy is the same, with flags before the environment`, () => {
    const tried = world.deployByFlags({ 'kms-contract': world.kms, 'timelock-delay': DELAY + 1,
      proposers: world.addressOf(world.proposer), 'max-seats': 7 }, { MAX_SEATS: '9', MAX_SEATS_PER_OWNER: '5' });
    assert.equal(tried.status, 0, tried.said);
    assert.match(tried.said, /dry run, nothing was sent/);
    const plan = JSON.parse(tried.out);
    assert.deepEqual([plan.chainId, plan.minDelay, plan.ownerKind], [world.chainId, DELAY + 1, 'timelock']);
    assert.deepEqual([plan.maxSeats, plan.maxSeatsPerOwner], [7, 5]);
    assert.ok(!existsSync(world.file));
    const refused = world.deployByFlags({ 'kms-contract': world.kms, 'chain-id': 1 });
    assert.equal(refused.status, 1);
    assert.match(refused.said, /but CHAIN_ID names 1:/);
  });

  await test(`${world.chainId}: the record says all of what was deployed`, async () => {
    const sent = world.deploy(production(world), '--broadcast');
    assert.equal(sent.status, 0, sent.said);
    const record = world.record;
    assert.equal(record.chainId, world.chainId);
    assert.equal(record.kmsRoot, world.addressOf(ROOT_KEY));
    assert.equal(record.kmsContract, world.kms);
    assert.equal(record.ownerKind, 'timelock');
    assert.equal(record.minDelay, DELAY);
    assert.equal(record.allowAnyDevice, false);
    assert.equal(record.requireTcbUpToDate, true);
    assert.match(record.metadataHash, /^0x1220[0-9a-f]{64}$/);
    assert.match(record.compiler, /^0\.8\./);
    assert.deepEqual(Object.keys(record.libraries).sort(), linkedLibraries());
    const receipt = await world.rpc('eth_getTransactionReceipt', [record.tx]);
    assert.equal(Number(receipt.blockNumber), record.block);
    assert.equal(world.call(world.kms, 'registeredApps(address)(bool)', record.address), 'true');
  });

  await test(`${world.chainId}: nobody but the timelock holds a role`, () => {
    const { address, owner } = world.record;
    assert.equal(world.call(address, 'owner()(address)'), owner);
    assert.equal(world.call(address, 'pendingOwner()(address)'), `0x${'00'.repeat(20)}`);
    assert.equal(world.call(address, 'totalSupply()(uint256)'), '0');
    const holds = (role, account) => {
      const id = role === 'DEFAULT_ADMIN_ROLE' ? `0x${'00'.repeat(32)}` : cast('keccak', role);
      return world.call(owner, 'hasRole(bytes32,address)(bool)', id, account) === 'true';
    };
    const roles = ['DEFAULT_ADMIN_ROLE', 'PROPOSER_ROLE', 'EXECUTOR_ROLE', 'CANCELLER_ROLE'];
    const held = (account) => roles.filter((role) => holds(role, account));
    assert.deepEqual(held(world.addressOf(world.deployer)), []);
    assert.deepEqual(held(world.addressOf(world.proposer)), roles.slice(1));
    assert.deepEqual(held(owner), ['DEFAULT_ADMIN_ROLE']);
  });

  await test(`${world.chainId}: the timelock can mint, and only after its delay`, async () => {
    const { address, owner } = world.record;
    const mint = cast('calldata', 'mint(address)', world.addressOf(world.proposer));
    const zero = `0x${'00'.repeat(32)}`;
    const operation = [address, '0', mint, zero, zero];
    world.send(world.proposer, owner, 'schedule(address,uint256,bytes,bytes32,bytes32,uint256)', ...operation, DELAY);
    const signature = 'execute(address,uint256,bytes,bytes32,bytes32)';
    const execute = () => world.send(world.proposer, owner, signature, ...operation);
    assert.throws(execute);
    await world.rpc('evm_increaseTime', [DELAY + 1]);
    execute();
    assert.equal(world.call(address, 'totalSupply()(uint256)'), '1');
  });

  await test(`${world.chainId}: what stands is not forgotten by typing it again`, () => {
    const again = world.deploy(production(world), '--broadcast');
    assert.notEqual(again.status, 0);
    assert.match(again.said, /names the cluster 0x[0-9a-f]{40}, which stands; --replace/);
  });

  await test(`${world.chainId}: another cluster uses the implementation that stands`, () => {
    const first = world.record;
    const sent = world.deploy(production(world), '--broadcast', '--replace');
    assert.equal(sent.status, 0, sent.said);
    const second = world.record;
    assert.notEqual(second.address, first.address);
    assert.equal(second.implementation, first.implementation);
    assert.equal(second.factory, first.factory);
    const repeated = world.deploy({ ...production(world), SALT: second.salt }, '--broadcast', '--replace');
    assert.match(repeated.said, /refused: this cluster stands already/);
  });
}

async function refuses(world, only) {
  const zeroDelay = '0x00000000000000000000000000000000000d0001';
  await world.rpc('anvil_setCode', [zeroDelay, ZERO_DELAY_ANSWER]);
  const noCurve = world.createKms(`0x02${'5'.padStart(64, '0')}`);
  const published = JSON.parse(readFileSync(join(root, 'tests/vectors/signature_chain.json'), 'utf8'));
  const publishedKms = world.createKms(published.chains.find((one) => one.kmsRootPublicKey).kmsRootPublicKey);
  const members = `[${world.addressOf(world.proposer)}]`;
  const governed = world.create(artifactOf('TimelockController').bytecode.object,
    'constructor(uint256,address[],address[],address)', DELAY, members, members, world.addressOf(world.deployer));
  const ownedBy = (owner, more = {}) => ({ TIMELOCK_DELAY: undefined, PROPOSERS: undefined, OWNER: owner, ...more });
  const openKey = join(world.folder, 'deployer.key');
  writeFileSync(openKey, world.deployer, { mode: 0o644 });
  const account = '0x00000000000000000000000000000000000acc01';
  const cases = [
    ['a chain that was not named', { CHAIN_ID: undefined }, /chain \d+, but CHAIN_ID names 31337/],
    ['another chain than the one named', { CHAIN_ID: '1' }, /chain \d+, but CHAIN_ID names 1:/],
    ['a published KMS root', { KMS_CONTRACT: publishedKms }, /private key of this KMS root is published/],
    ['a typed KMS root', { KMS_CONTRACT: undefined, KMS_ROOT: account }, /KMS_CONTRACT is not set: .* never typed/],
    ['a typed root beside a KMS', { KMS_ROOT: account }, /KMS_ROOT is set: .* never typed/],
    ['a KMS that is no contract', { KMS_CONTRACT: account }, /no contract at KMS_CONTRACT/],
    ['a KMS that is another contract', { KMS_CONTRACT: CREATE2_DEPLOYER }, /KMS_CONTRACT is no DstackKms/],
    ['a KMS root that is no point', { KMS_CONTRACT: noCurve }, /not on the curve/],
    ['no owner', ownedBy(undefined), /no owner: set TIMELOCK_DELAY/],
    ['an account as owner', ownedBy(account), /owner is an externally owned account/],
    ['a timelock without delay', ownedBy(zeroDelay, { ALLOW_NO_TIMELOCK: 'true' }), /timelock without delay/],
    ['an owner that is no timelock', ownedBy(world.kms), /a contract, but no timelock/],
    ['a timelock that the deployer governs', ownedBy(governed), /deployer is admin of the timelock/],
    ['two owners', { OWNER: account }, /OWNER and TIMELOCK_DELAY are both set/],
    ['a new timelock without delay', { TIMELOCK_DELAY: '0' }, /TIMELOCK_DELAY is zero/],
    ['a timelock that nobody can use', { PROPOSERS: undefined }, /PROPOSERS is not set/],
    ['a key that others read', { DEPLOYER_KEY: undefined, DEPLOYER_KEY_FILE: openKey }, /by others: chmod 600/],
    ['a published deployer', { DEPLOYER_KEY: PUBLISHED_KEY }, /the deployer 0x.* is one of Anvil's accounts/],
    ['a published proposer', { PROPOSERS: PUBLISHED_ACCOUNT }, /the proposer 0x.* is one of Anvil's accounts/],
    ['a published executor', { EXECUTORS: PUBLISHED_ACCOUNT }, /the executor 0x.* is one of Anvil's accounts/],
    ['a published owner', ownedBy(PUBLISHED_ACCOUNT, { ALLOW_ACCOUNT_OWNER: 'true' }), /the owner 0x.* Anvil's/],
  ];
  for (const [what, settings, words] of cases.filter(([what]) => !only || what === only)) {
    await test(`${world.chainId}: refuses ${what}`, () => {
      const tried = world.deploy({ ...production(world), ...settings });
      assert.notEqual(tried.status, 0, 'it was not refused');
      assert.match(tried.said, words);
    });
  }
  if (only) return;
  for (const [what, settings, kind] of [
    ['an account', ownedBy(account, { ALLOW_ACCOUNT_OWNER: 'true' }), 'account'],
    ['a contract without delay', ownedBy(world.kms, { ALLOW_NO_TIMELOCK: 'true' }), 'contract'],
  ]) {
    await test(`${world.chainId}: takes ${what} as owner from who insists`, () => {
      const tried = world.deploy({ ...production(world), ...settings });
      assert.equal(tried.status, 0, tried.said);
      assert.equal(JSON.parse(tried.out).ownerKind, kind);
    });
  }
}

async function verifies(world) {
  const record = world.record;
  const codeOf = (address) => world.rpc('eth_getCode', [address, 'latest']);
  const refusedIn = ({ gates }) => gates.filter((gate) => gate.verdict === 'refused').map((gate) => gate.gate);
  // Puts other code somewhere, looks, and puts the old back.
  const withCode = async (address, code, look) => {
    const old = await codeOf(address);
    await world.rpc('anvil_setCode', [address, code]);
    try {
      look(verify(world));
    } finally {
      await world.rpc('anvil_setCode', [address, old]);
    }
  };
  const patched = async (address, at, byte) => {
    const code = await codeOf(address);
    return code.slice(0, 2 + at * 2) + byte + code.slice(4 + at * 2);
  };
  const implementation = await codeOf(record.implementation);
  const joinLogic = record.libraries.JoinLogic;

  await test('verify: what was deployed is what was built', () => {
    const found = verify(world);
    assert.deepEqual(refusedIn(found), []);
    assert.equal(found.status, 0);
  });
  await test('verify: finds a clone of another implementation', async () => {
    const clone = (await codeOf(record.address)).replace(record.implementation.slice(2), record.factory.slice(2));
    await withCode(record.address, clone, (found) => {
      assert.equal(found.status, 1);
      assert.deepEqual(refusedIn(found), ['clone', 'implementation code']);
    });
  });
  await test('verify: finds one patched byte of the implementation', async () => {
    await withCode(record.implementation, await patched(record.implementation, 1000, '5b'), (found) => {
      assert.equal(found.status, 1);
      assert.deepEqual(refusedIn(found), ['implementation code']);
      assert.match(found.gates.find((gate) => gate.verdict === 'refused').cause, /^byte 1000 is 0x5b/);
    });
  });
  await test('verify: finds other sources behind the same code', async () => {
    const at = implementation.length / 2 - 1 - 20; // in the metadata hash
    await withCode(record.implementation, await patched(record.implementation, at, 'aa'), (found) => {
      assert.deepEqual(refusedIn(found), ['implementation metadata']);
    });
  });
  await test('verify: finds a library with one patched byte', async () => {
    await withCode(joinLogic, await patched(joinLogic, 500, '5b'), (found) => {
      assert.deepEqual(refusedIn(found), ['library JoinLogic code']);
    });
  });
  await test('verify: finds a link to another library', async () => {
    const other = world.create(artifactOf('JoinLogic').bytecode.object); // the same code, so only its address tells
    const linked = implementation.replaceAll(joinLogic.slice(2), other.slice(2));
    assert.ok(linked !== implementation, 'the implementation is not linked to it');
    await withCode(record.implementation, linked, (found) => {
      assert.deepEqual(refusedIn(found), ['library JoinLogic address']);
    });
  });
  await test('verify: finds that there is nothing', async () => {
    await withCode(record.address, '0x', (found) => assert.deepEqual(refusedIn(found), ['clone']));
  });
  await test('verify: cannot tell without a build or a chain', () => {
    assert.equal(verify(world, world.folder).status, 3);
    const nobody = clusterctl('contract', 'verify', '--deployment', world.file, '--rpc', 'http://127.0.0.1:1');
    assert.equal(nobody.status, 3);
  });
}

async function explains(world) {
  const record = world.record;
  const file = join(world.folder, 'in.json');
  const ask = (...args) => clusterctl(...args, '--deployment', world.file, '--rpc', world.url, '-o', 'json');
  const boot = {
    appId: record.address.slice(2),
    composeHash: '22'.repeat(32),
    instanceId: '33'.repeat(20),
    deviceId: '44',
    mrAggregated: '00',
    osImageHash: '11'.repeat(32),
    tcbStatus: 'UpToDate',
  };

  await test('explain: says which of the two contracts refused, and why', () => {
    writeFileSync(file, JSON.stringify(boot));
    let said = ask('boot', 'explain', file);
    assert.equal(said.status, 1);
    assert.match(said.out, /Compose hash not allowed.*addComposeHash/);
    assert.match(said.out, /OS image is not allowed.*refused by the KMS contract itself/);
    world.send(world.deployer, world.kms, 'addOsImageHash(bytes32)', `0x${boot.osImageHash}`);
    said = ask('boot', 'explain', file);
    assert.match(said.out, /passed on: the cluster's contract refused/);
    writeFileSync(file, JSON.stringify({ ...boot, appId: '' }));
    assert.match(ask('boot', 'explain', file).out, /App not registered/);
    writeFileSync(file, JSON.stringify({ ...boot, deviceId: '44'.repeat(64) })); // an SNP machine's
    said = ask('boot', 'explain', file);
    assert.equal(said.status, 1);
    assert.match(said.out, /invalid authorization request.*deviceId.*longer than 32 bytes/);
  });

  await test('check: names every gate that would refuse this compose', () => {
    const command = `${record.address} ${world.chainId}`;
    const compose = {
      manifest_version: 2,
      name: 'node',
      runner: 'docker-compose',
      kms_enabled: true,
      docker_compose_file: `services:\n  node:\n    image: a@sha256:00\n    command: ${command}\n`,
    };
    writeFileSync(file, JSON.stringify(compose));
    const said = ask('compose', 'check', file, '--device', `0x${'44'.repeat(32)}`);
    const verdicts = Object.fromEntries(JSON.parse(said.out).gates.map(({ gate, verdict }) => [gate, verdict]));
    assert.equal(said.status, 1);
    assert.equal(verdicts.measured, 'ok');
    assert.equal(verdicts.registered, 'ok');
    assert.equal(verdicts['compose-hash'], 'refused');
    assert.equal(verdicts.device, 'refused');
    assert.equal(verdicts.seats, 'refused');
    assert.equal(verdicts.cluster, 'refused');
    assert.equal(clusterctl('compose', 'check', file).status, 0); // the file by itself is good
    assert.equal(ask('compose', 'check', file, '--device', '0x44').status, 64);
    const hash = clusterctl('compose', 'hash', file).out;
    assert.ok(said.out.includes(`addComposeHash(${hash})`));
  });
}

async function on(chainId, ...suites) {
  const world = await World.start(chainId);
  try {
    world.kms = world.createKms(compressed(ROOT_KEY));
    for (const suite of suites) await suite(world);
  } finally {
    world.stop();
  }
}

build();
await on(8453, deploysBehindATimelock, verifies, explains, refuses);
// The rules are the same off 31337; the contract by itself knows published roots on Base only.
await on(84532, deploysBehindATimelock, (world) => refuses(world, 'a published KMS root'));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
