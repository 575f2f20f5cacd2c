#!/usr/bin/env node
// dstack's own client, @phala/dstack-sdk, against our stand-ins: it reads what the machine is, gets
// the key that joins, and its signature chain opens the door of a freshly deployed contract.
//
//   tests/sdk/run.sh      starts the chain, the KMS and the machine, then this
//
// Last line: "N passed, N failed".
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secp256k1 } from '@noble/curves/secp256k1';
import { keccak_256 } from '@noble/hashes/sha3';
import { DstackClient, getComposeHash } from '@phala/dstack-sdk';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const { RPC_URL, DEPLOYMENT, SOCKET, COMPOSE, OPERATOR_KEY, KMS_ROOT_KEY } = process.env;
const deployment = JSON.parse(readFileSync(DEPLOYMENT, 'utf8'));
const contract = deployment.address;

// The same words as in src/io/dstack/signature_chain.hpp.
const PATH = 'dstack-nft-cluster';
const PURPOSE = 'dstack-nft-cluster/join';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const hex0x = (bytes) => `0x${hex(bytes)}`;
const bytes = (text) => new Uint8Array(Buffer.from(text.replace(/^0x/, ''), 'hex'));
const ascii = (text) => new Uint8Array(Buffer.from(text));
const concat = (...parts) => new Uint8Array(Buffer.concat(parts));

function recover(digest, signature) {
  const compact = secp256k1.Signature.fromCompact(signature.slice(0, 64));
  return compact.addRecoveryBit(signature[64]).recoverPublicKey(digest);
}

function sign(key, digest) {
  const signature = secp256k1.sign(digest, key);
  return concat(signature.toCompactRawBytes(), Uint8Array.of(signature.recovery));
}

function cast(...args) {
  const run = spawnSync(join(root, 'node_modules/.bin/cast'), args, { encoding: 'utf8' });
  return { ok: run.status === 0, said: `${run.stdout}${run.stderr}`.trim() };
}

function xy(publicKey) {
  const raw = publicKey.toRawBytes(false);
  return [hex0x(raw.slice(1, 33)), hex0x(raw.slice(33))];
}

const JOIN_TYPE =
  'Join(uint64 seat,uint64 epoch,address bootKey,address instance,bytes32 endpointHash,uint64 deadline)';
const ENDPOINT = '127.0.0.1:1';
const word = (value) => bytes(BigInt(value).toString(16).padStart(64, '0'));
const text_hash = (text) => keccak_256(ascii(text));

function join_digest(request) {
  const domain = keccak_256(
    concat(
      text_hash('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
      text_hash('DstackCluster'),
      text_hash('1'),
      word(deployment.chainId),
      word(contract),
    ),
  );
  const fields = concat(text_hash(JOIN_TYPE), ...request.map(word));
  return keccak_256(concat(bytes('1901'), domain, keccak_256(fields)));
}

// One join, from the SDK's answer alone; `change` may spoil the proof.
function join_with(info, answer, epoch, change = () => {}) {
  const bootKey = hex0x(keccak_256(word(epoch)).slice(12));
  const request = [1, epoch, bootKey, `0x${info.instance_id}`, hex0x(text_hash(ENDPOINT)), 4102444800];
  const digest = join_digest(request);
  const derived = secp256k1.ProjectivePoint.fromPrivateKey(answer.key);
  const claim = keccak_256(ascii(`${PURPOSE}:${hex(derived.toRawBytes(true))}`));
  const proof = {
    appKey: xy(recover(claim, answer.signature_chain[0])),
    kmsSignature: answer.signature_chain[1],
    derivedKey: xy(derived),
    appSignature: answer.signature_chain[0],
    joinSignature: sign(answer.key, digest),
  };
  change(proof, digest);
  const tuple = [
    ...proof.appKey,
    hex0x(proof.kmsSignature),
    ...proof.derivedKey,
    hex0x(proof.appSignature),
    hex0x(proof.joinSignature),
  ];
  return cast(
    'send', '--rpc-url', RPC_URL, '--private-key', OPERATOR_KEY, contract,
    'join((uint64,uint64,address,address,bytes32,uint64),string,bytes,(bytes32,bytes32,bytes,bytes32,bytes32,bytes,bytes))',
    `(${request.join(',')})`, ENDPOINT, hex0x(sign(bytes(OPERATOR_KEY), digest)), `(${tuple.join(',')})`,
  );
}

const client = new DstackClient(SOCKET);
const tests = {
  async 'isReachable() finds the machine'() {
    assert.equal(await client.isReachable(), true);
  },
  async 'version() speaks API v0'() {
    assert.match((await client.version()).version, /^0\.5\./);
  },
  async 'info() tells app, instance and compose'() {
    const info = await client.info();
    const compose = readFileSync(COMPOSE);
    assert.equal(`0x${info.app_id}`, contract);
    assert.match(info.instance_id, /^[0-9a-f]{40}$/);
    assert.equal(info.compose_hash, createHash('sha256').update(compose).digest('hex'));
    assert.equal(info.tcb_info.compose_hash, info.compose_hash);
    assert.equal(info.tcb_info.app_compose, compose.toString());
    const gate = 'allowedComposeHashes(bytes32)(bool)';
    assert.equal(
      cast('call', '--rpc-url', RPC_URL, contract, gate, `0x${info.compose_hash}`).said, 'true',
    );
  },
  async 'a canonical compose has one hash for the SDK and for us'() {
    const compose = { name: 'n', runner: 'bash', manifest_version: 2 };
    const sorted = JSON.stringify({ manifest_version: 2, name: 'n', runner: 'bash' });
    assert.equal(getComposeHash(compose), createHash('sha256').update(sorted).digest('hex'));
  },
  async 'getQuote() and tdxQuote() carry the report data'() {
    const data = createHash('sha512').update('statement').digest();
    for (const quote of [await client.getQuote(data), await client.tdxQuote(data, 'raw')]) {
      assert.equal(quote.quote.slice(2 * 568, 2 * 632), data.toString('hex'));
      assert.equal(quote.replayRtmrs().length, 4);
    }
  },
  async 'getKey() gives a chain that ends at the root of the KMS contract'() {
    const { key, signature_chain: chain } = await client.getKey(PATH, PURPOSE);
    const derived = secp256k1.getPublicKey(key, true);
    const app = recover(keccak_256(ascii(`${PURPOSE}:${hex(derived)}`)), chain[0]).toRawBytes(true);
    const issued = keccak_256(concat(ascii('dstack-kms-issued:'), bytes(contract), app));
    const kms_root = recover(issued, chain[1]).toRawBytes(true);
    const info = cast(
      'call', '--rpc-url', RPC_URL, deployment.kmsContract, 'kmsInfo()(bytes,bytes,bytes,bytes)',
    );
    assert.equal(hex0x(kms_root), info.said.split('\n')[0]);
    assert.equal(hex(kms_root), hex(secp256k1.getPublicKey(bytes(KMS_ROOT_KEY), true)));
  },
  async 'getKey() is the same for one path, another for another'() {
    const first = await client.getKey(PATH, PURPOSE);
    assert.deepEqual((await client.getKey(PATH, 'signing')).key, first.key);
    assert.notDeepEqual((await client.getKey('other', PURPOSE)).key, first.key);
  },
  async 'a changed chain does not join'() {
    const info = await client.info();
    const answer = await client.getKey(PATH, PURPOSE);
    const stranger = secp256k1.utils.randomPrivateKey();
    const changes = [
      (proof) => { proof.kmsSignature[10] ^= 1; },
      (proof) => { proof.appSignature[10] ^= 1; },
      (proof) => { proof.joinSignature[10] ^= 1; },
      (proof, digest) => { proof.joinSignature = sign(stranger, digest); },
      (proof) => { proof.appKey = proof.derivedKey; },
    ];
    for (const change of changes) {
      const spoiled = { ...answer, signature_chain: answer.signature_chain.map((s) => s.slice()) };
      const { ok, said } = join_with(info, spoiled, 1, change);
      assert.equal(ok, false, change.toString());
      assert.match(said, /revert/i, change.toString());
    }
  },
  async 'a key for another purpose does not join'() {
    const info = await client.info();
    const answer = await client.getKey(PATH, 'signing');
    assert.equal(join_with(info, answer, 1).ok, false);
  },
  async 'the chain as the SDK gave it joins'() {
    const info = await client.info();
    const { ok, said } = join_with(info, await client.getKey(PATH, PURPOSE), 1);
    assert.equal(ok, true, said);
    const seat = cast('call', '--rpc-url', RPC_URL, contract, 'tokenToInstance(uint256)(bytes32)', '1');
    assert.equal(seat.said.slice(2, 42), info.instance_id);
  },
};

let passed = 0;
let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
