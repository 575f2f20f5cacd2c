#!/usr/bin/env node
// Writes tests/vectors/receipt.json: receipts that hold and receipts that are forged, made by neither of the
// implementations that read them (ReceiptLogic.sol and core/consensus/receipt.cpp).
//
//   tests/vectors/make_receipt.mjs > tests/vectors/receipt.json
import { secp256k1 } from '@noble/curves/secp256k1';
import { keccak_256 } from '@noble/hashes/sha3';

const CHAIN_ID = 31337n;
const CONTRACT = '0xc1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1';
const ORDER = secp256k1.CURVE.n;

const hex = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`;
const bytes = (text) => Buffer.from(text.replace(/^0x/, ''), 'hex');
const join = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const number = (value, size) => bytes(BigInt(value).toString(16).padStart(2 * size, '0'));
const u64 = (value) => number(value, 8);
const word = (value) => (typeof value === 'string' ? bytes(value) : number(value, 32));
const keccak = (...parts) => hex(keccak_256(join(...parts)));
const text = (value) => Buffer.from(value, 'utf8');
const blob = (value) => join(number(value.length, 4), value);

// As contracts/test/utils/Fixture.sol has them.
const bootKey = (seat, epoch) =>
  BigInt(keccak(word(96), word(seat), word(epoch), word(4), text('boot'), new Uint8Array(28))) % ORDER;
const addressOf = (key) => `0x${keccak(secp256k1.getPublicKey(key, false).slice(1)).slice(26)}`;

function sign(key, digest) {
  const signature = secp256k1.sign(bytes(digest), key, { lowS: true });
  return join(signature.toCompactRawBytes(), [signature.recovery]);
}

function domain(chainId, contract) {
  const type = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
  const address = join(new Uint8Array(12), bytes(contract));
  return keccak(word(keccak(text(type))), word(keccak(text('DstackCluster'))), word(keccak(text('1'))), word(chainId), address);
}

const FIELDS = 'uint64 generation,uint64 configNonce,uint64 term,uint64 seq,bytes32 blockHash';
const ACCEPT = `Accept(${FIELDS},uint64 seat,uint64 epoch)`;
const PROPOSE = `Propose(${FIELDS})`;

function acceptDigest(header, seat, epoch, { chainId = CHAIN_ID, contract = CONTRACT, type = ACCEPT, generation } = {}) {
  const speaker = type === ACCEPT ? [word(seat), word(epoch)] : [];
  const struct = keccak(
    word(keccak(text(type))), word(generation ?? header.generation), word(header.configNonce), word(header.term),
    word(header.seq), word(hashOf(header)), ...speaker,
  );
  return keccak(text('\x19\x01').subarray(0, 2), word(domain(chainId, contract)), word(struct));
}

// --- Blocks ------------------------------------------------------------------------------------------------------------

function encodeHeader(h) {
  return join(
    u64(h.generation), u64(h.configNonce), u64(h.term), u64(h.seq), u64(1), number(h.kind, 1), u64(1_700_000_000_000),
    bytes(h.previous), bytes(h.opsRoot), bytes(h.resultRoot), new Uint8Array(32),
  );
}
const hashOf = (header) => keccak(encodeHeader(header));
const ZERO = hex(new Uint8Array(32));

function tree(leaves, at) {
  let level = leaves.map((leaf) => keccak([0], leaf));
  const path = [];
  let sides = 0;
  while (level.length > 1) {
    if (at % 2 === 1 || at + 1 < level.length) {
      if (at % 2 === 1) sides |= 1 << path.length;
      path.push(level[at ^ 1]);
    }
    const next = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(i + 1 < level.length ? keccak([1], bytes(level[i]), bytes(level[i + 1])) : level[i]);
    }
    level = next;
    at >>= 1;
  }
  return { root: level[0], path, sides };
}

const operations = (count) => Array.from({ length: count }, (_, i) => join(blob(text(`key-${i}`)), blob(join([1, 1], u64(i + 1)))));
const results = (count, seq) => Array.from({ length: count }, (_, i) => join([0], u64(seq), blob(join([1, 0], u64(10 + i)))));

// A receipt of operation `at` of `count`, with `above` more headers on top, the last ones of `terms`.
function make({ count = 3, at = 1, above = 0, signers = [[1, 1, 0], [3, 1, 0]], generation = 1, configNonce = 1, kind = 1, terms = {} } = {}) {
  const seq = 41;
  const ops = operations(count);
  const outcomes = results(count, seq);
  const up = tree(ops, at);
  const headers = [
    { generation, configNonce, term: terms[0] ?? 2, seq, kind, previous: keccak(text('before')), opsRoot: up.root, resultRoot: tree(outcomes, at).root },
  ];
  for (let i = 1; i <= above; i++) {
    headers.push({
      generation, configNonce, term: terms[i] ?? headers[i - 1].term, seq: seq + i, kind: 1,
      previous: hashOf(headers[i - 1]), opsRoot: ZERO, resultRoot: ZERO,
    });
  }
  const receipt = {
    headers, operation: ops[at], result: outcomes[at], operationPath: up.path, resultPath: tree(outcomes, at).path,
    sides: up.sides, accepts: [],
  };
  receipt.accepts = signers.map((signer) => accept(receipt, ...signer));
  return receipt;
}

function accept(receipt, seat, epoch, header, options = {}) {
  const digest = acceptDigest(receipt.headers[options.of ?? header], seat, epoch, options);
  return { seat, epoch, header, signature: sign(bootKey(options.keyOf ?? seat, epoch), digest) };
}

// --- The two forms -----------------------------------------------------------------------------------------------------

const raw = (header) => (Buffer.isBuffer(header) ? header : encodeHeader(header));

function toJson(r) {
  return {
    version: 1, chain_id: Number(CHAIN_ID), contract: CONTRACT, headers: r.headers.map((each) => hex(raw(each))),
    operation: hex(r.operation), result: hex(r.result), operation_path: r.operationPath, result_path: r.resultPath,
    sides: r.sides, accepts: r.accepts.map((each) => ({ ...each, signature: hex(each.signature) })),
  };
}

const padded = (data) => join(word(data.length), data, new Uint8Array((32 - (data.length % 32)) % 32));
const wordsOf = (list) => join(word(list.length), ...list.map((each) => word(each)));
function dynamic(items) {
  let offset = 32 * items.length;
  const heads = items.map((item) => {
    const head = word(offset);
    offset += item.length;
    return head;
  });
  return join(...heads, ...items);
}
const listOf = (items) => join(word(items.length), dynamic(items));

// abi.encode(Receipt): a tuple whose members are dynamic, but for `sides`.
function toAbi(r) {
  const accepts = r.accepts.map((a) => join(word(a.seat), word(a.epoch), word(a.header), word(128), padded(a.signature)));
  const parts = [
    listOf(r.headers.map((each) => padded(raw(each)))), padded(r.operation), padded(r.result), wordsOf(r.operationPath),
    wordsOf(r.resultPath), null, listOf(accepts),
  ];
  let offset = 32 * parts.length;
  const heads = parts.map((part) => {
    if (part === null) return word(r.sides);
    const head = word(offset);
    offset += part.length;
    return head;
  });
  return hex(join(word(32), ...heads, ...parts.filter((part) => part !== null)));
}

// --- Cases -------------------------------------------------------------------------------------------------------------

const changed = (receipt, change) => {
  change(receipt);
  return receipt;
};
const highS = (signature) => {
  const s = ORDER - BigInt(hex(signature.subarray(32, 64)));
  return join(signature.subarray(0, 32), number(s, 32), [1 - signature[64]]);
};
const resign = (receipt, signers) => changed(receipt, (r) => (r.accepts = signers.map((signer) => accept(r, ...signer))));

const good = [
  ['a majority', make()],
  ['all seats', make({ signers: [[1, 1, 0], [2, 1, 0], [3, 1, 0]] })],
  ['the only operation', make({ count: 1, at: 0 })],
  ['the last of seven', make({ count: 7, at: 6 })],
  ['ACCEPTs of different heights', make({ above: 3, signers: [[1, 1, 1], [2, 1, 3]] })],
  ['an older block under a later term', make({ above: 1, terms: { 1: 3 }, signers: [[1, 1, 1], [2, 1, 1]] })],
  ['a seat that has rebooted since', make({ signers: [[1, 1, 0], [2, 2, 0]] })],
  ['64 headers', make({ above: 63, signers: [[1, 1, 63], [2, 1, 63]] })],
];

const bad = [
  ['one signature too few', 'TooFewAccepts', 'too_few', make({ signers: [[1, 1, 0]] })],
  ['no signature', 'TooFewAccepts', 'too_few', make({ signers: [] })],
  ['the same seat twice', 'SignerOrder', 'signer_order', make({ signers: [[1, 1, 0], [1, 1, 0]] })],
  ['two boots of one seat', 'SignerOrder', 'signer_order', make({ signers: [[2, 1, 0], [2, 2, 0]] })],
  ['signers out of order', 'SignerOrder', 'signer_order', make({ signers: [[3, 1, 0], [1, 1, 0]] })],
  ['seat 0', 'SignerOrder', 'signer_order', make({ signers: [[0, 1, 0], [1, 1, 0]] })],
  ['the twin of a signature', 'SignatureHighS', 'bad_signature', changed(make(), (r) => (r.accepts[1].signature = highS(r.accepts[1].signature)))],
  ['a recovery id of 27', 'SignatureRecoveryId', 'bad_signature', changed(make(), (r) => (r.accepts[0].signature[64] += 27))],
  ['another chain', 'UnknownBootKey', 'unknown_boot_key', make({ signers: [[1, 1, 0], [3, 1, 0, { chainId: 8453n }]] })],
  ['another contract', 'UnknownBootKey', 'unknown_boot_key', make({ signers: [[1, 1, 0], [3, 1, 0, { contract: `0x${'c2'.repeat(20)}` }]] })],
  ['another struct', 'UnknownBootKey', 'unknown_boot_key', make({ signers: [[1, 1, 0, { type: PROPOSE }], [3, 1, 0]] })],
  ['another generation', 'UnknownBootKey', 'unknown_boot_key', make({ signers: [[1, 1, 0], [3, 1, 0, { generation: 2 }]] })],
  ['a key that nobody registered', 'UnknownBootKey', 'unknown_boot_key', make({ signers: [[1, 1, 0], [3, 9, 0]] })],
  ['the key of another seat', 'UnknownBootKey', 'unknown_boot_key', make({ signers: [[1, 1, 0], [3, 1, 0, { keyOf: 2 }]] })],
  ['an observer', 'NotOfConfig', 'not_of_config', make({ signers: [[1, 1, 0], [4, 1, 0]] })],
  ['a configuration that nobody reported', 'UnknownConfig', 'unknown_config', make({ configNonce: 7 })],
  ['another operation', 'NotInBlock', 'not_in_block', changed(make(), (r) => (r.operation[r.operation.length - 1] ^= 1))],
  ['another result', 'NotInBlock', 'not_in_block', changed(make(), (r) => (r.result[r.result.length - 1] ^= 1))],
  ['the result of another operation', 'NotInBlock', 'not_in_block', changed(make(), (r) => {
    r.result = results(3, 41)[0];
    r.resultPath = tree(results(3, 41), 0).path;
  })],
  ['a path too short', 'NotInBlock', 'not_in_block', changed(make(), (r) => r.resultPath.pop())],
  ['a path too long', 'NotInBlock', 'not_in_block', changed(make(), (r) => {
    r.operationPath.push(ZERO);
    r.resultPath.push(ZERO);
  })],
  ['sides beyond the path', 'NotInBlock', 'not_in_block', changed(make(), (r) => (r.sides += 4))],
  ['a node of the tree as a leaf', 'NotInBlock', 'not_in_block', changed(make({ at: 0 }), (r) => {
    r.operation = join([1], bytes(keccak([0], operations(3)[0])), bytes(keccak([0], operations(3)[1])));
    r.operationPath.shift();
    r.resultPath.shift();
  })],
  ['no header', 'HeaderCount', 'header_count', changed(make(), (r) => (r.headers = []))],
  ['65 headers', 'HeaderCount', 'header_count', make({ above: 64, signers: [[1, 1, 64], [2, 1, 64]] })],
  ['a header that is cut', 'BadHeader', 'bad_header', changed(make(), (r) => (r.headers = [encodeHeader(r.headers[0]).subarray(0, 176)]))],
  ['a header that is too long', 'BadHeader', 'bad_header', changed(make(), (r) => (r.headers = [join(encodeHeader(r.headers[0]), [0])]))],
  ['a block of another kind', 'BadHeader', 'bad_header', make({ kind: 2 })],
  ['headers that are not linked', 'BrokenChain', 'broken_chain', resign(changed(make({ above: 1 }), (r) => (r.headers[1].previous = ZERO)), [[1, 1, 1], [2, 1, 1]])],
  ['headers of two generations', 'BrokenChain', 'broken_chain', resign(changed(make({ above: 1 }), (r) => (r.headers[1].generation = 2)), [[1, 1, 1], [2, 1, 1]])],
  ['headers of two configurations', 'BrokenChain', 'broken_chain', resign(changed(make({ above: 1 }), (r) => (r.headers[1].configNonce = 2)), [[1, 1, 1], [2, 1, 1]])],
  ['an ACCEPT of no header', 'AcceptElsewhere', 'accept_elsewhere', make({ signers: [[1, 1, 0], [3, 1, 1, { of: 0 }]] })],
  ['an ACCEPT of another header', 'UnknownBootKey', 'unknown_boot_key', make({ above: 1, signers: [[1, 1, 0], [3, 1, 1, { of: 0 }]] })],
  ['ACCEPTs of two terms', 'AcceptElsewhere', 'accept_elsewhere', make({ above: 1, terms: { 1: 3 }, signers: [[1, 1, 0], [3, 1, 1]] })],
  ['ACCEPTs of a term that is not the last', 'AcceptElsewhere', 'accept_elsewhere', make({ above: 1, terms: { 1: 3 } })],
];

const keys = [[1, 1], [2, 1], [2, 2], [3, 1], [4, 1]].map(([seat, epoch]) => ({ seat, epoch, boot_key: addressOf(bootKey(seat, epoch)) }));
const cases = [
  ...good.map(([name, receipt]) => ({ name, error: '', code: '', strength: receipt.accepts.length, receipt: toJson(receipt), abi: toAbi(receipt) })),
  ...bad.map(([name, error, code, receipt]) => ({ name, error, code, strength: 0, receipt: toJson(receipt), abi: toAbi(receipt) })),
];
const history = { version: 1, chain_id: Number(CHAIN_ID), contract: CONTRACT, configs: [{ nonce: 1, seats: [1, 2, 3] }], keys };
console.log(JSON.stringify({ history, count: cases.length, cases }, null, 1));
