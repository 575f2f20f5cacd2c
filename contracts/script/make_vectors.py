#!/usr/bin/env python3
"""Writes tests/vectors/{eip712,signature_chain}.json.

All hashing and signing is done by `cast`; this file only assembles bytes. Typed data is hashed twice, once by cast from
the JSON form and once from the struct hash built here, and both must give the same signature.
Run from anywhere: contracts/script/make_vectors.py
"""
import hashlib
import hmac
import json
import os
import subprocess

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
CAST = os.path.join(ROOT, "node_modules", ".bin", "cast")
OUT = os.path.join(ROOT, "tests", "vectors")

CHAIN_ID = 31337
CLUSTER = "0x7e57c1057e4000000000000000000000000000c5"
PURPOSE = b"dstack-nft-cluster/join"
PATH = b"dstack-nft-cluster"

DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
FOUNDER_TYPE = "Founder(uint64 seat,uint64 epoch)"


def cast(*args):
    return subprocess.run([CAST, *args], check=True, capture_output=True, text=True).stdout.strip()


def keccak(data: bytes) -> str:
    return cast("keccak", "0x" + data.hex())


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def key(label: str) -> str:
    """A throw-away private key, reproducible from its label."""
    return "0x" + hashlib.sha256(b"dstack-nft-cluster vector key: " + label.encode()).hexdigest()


def address(private_key: str) -> str:
    return cast("wallet", "address", "--private-key", private_key).lower()


def public_key(private_key: str) -> bytes:
    """x and y, 64 bytes."""
    raw = unhex(cast("wallet", "public-key", "--raw-private-key", private_key))
    assert len(raw) == 64, len(raw)
    return raw


def compress(xy: bytes) -> bytes:
    return bytes([2 + (xy[63] & 1)]) + xy[:32]


def recid_form(signature: str) -> str:
    """cast ends a signature with 27/28; dstack and this project end it with the recovery id 0/1."""
    raw = unhex(signature)
    assert len(raw) == 65 and raw[64] in (27, 28)
    return "0x" + (raw[:64] + bytes([raw[64] - 27])).hex()


def sign_hash(digest: str, private_key: str) -> str:
    return recid_form(cast("wallet", "sign", "--no-hash", "--private-key", private_key, digest))


def hkdf(ikm: bytes, info: bytes) -> bytes:
    """dstack's KDF: HKDF-SHA256 with salt "RATLS", one block of output."""
    prk = hmac.new(b"RATLS", ikm, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


def abi_encode(types, values) -> bytes:
    return unhex(cast("abi-encode", "f(" + ",".join(types) + ")", *[str(v).lower() if isinstance(v, bool) else str(v) for v in values]))


def domain_separator() -> str:
    return keccak(abi_encode(
        ["bytes32", "bytes32", "bytes32", "uint256", "address"],
        [keccak(DOMAIN_TYPE.encode()), keccak(b"DstackCluster"), keccak(b"1"), CHAIN_ID, CLUSTER]))


def members_of(type_string):
    inner = type_string[type_string.index("(") + 1:type_string.index(")")]
    return [tuple(part.split(" ")) for part in inner.split(",")]


def typed(name, members, private_key, **values):
    """One vector of a typed struct, hashed and signed in two ways."""
    type_string = f"{name}({members})"
    if "Founder[]" in members:
        type_string += FOUNDER_TYPE
    type_hash = keccak(type_string.encode())
    types, words = ["bytes32"], [type_hash]
    for kind, field in members_of(type_string):
        value = values[field]
        if kind == "Founder[]":
            each = [keccak(abi_encode(["bytes32", "uint64", "uint64"], [keccak(FOUNDER_TYPE.encode()), v["seat"], v["epoch"]])) for v in value]
            kind, value = "bytes32", keccak(b"".join(unhex(h) for h in each))
        elif kind == "uint64[]":
            kind, value = "bytes32", keccak(b"".join(int(v).to_bytes(32, "big") for v in value))
        types.append(kind)
        words.append(value)
    struct_hash = keccak(abi_encode(types, words))
    digest = keccak(b"\x19\x01" + unhex(domain_separator()) + unhex(struct_hash))

    document = {
        "types": {
            "EIP712Domain": [{"name": n, "type": t} for t, n in members_of(DOMAIN_TYPE)],
            "Founder": [{"name": n, "type": t} for t, n in members_of(FOUNDER_TYPE)],
            name: [{"name": n, "type": t} for t, n in members_of(type_string)],
        },
        "primaryType": name,
        "domain": {"name": "DstackCluster", "version": "1", "chainId": CHAIN_ID, "verifyingContract": CLUSTER},
        "message": values,
    }
    signature = recid_form(cast("wallet", "sign", "--private-key", private_key, "--data", json.dumps(document)))
    assert signature == sign_hash(digest, private_key), name
    return {
        "name": name, "typeString": type_string, "typeHash": type_hash, **values,
        "structHash": struct_hash, "digest": digest,
        "privateKey": private_key, "address": address(private_key), "signature": signature,
    }


JOIN = "uint64 seat,uint64 epoch,address bootKey,address instance,bytes32 endpointHash,uint64 deadline"
START = "uint64 generation,uint64 term,uint64 configNonce,uint64 leaderSeat,uint64 seq,bytes32 head,Founder[] founders"
REPORT = "uint64 generation,uint64 term,uint64 configNonce,uint64 leaderSeat,uint64[] countedSeats"


def h32(label):
    return keccak(label.encode())


def eip712():
    boot = address(key("boot key"))
    structs = [
        typed("Join", JOIN, key("operator"), seat=3, epoch=17, bootKey=boot,
              instance="0x1691ed1b47506cad7d08834668691d88246f5b1f",
              endpointHash=keccak(b"https://node3.example:7443"), deadline=1893456000),
        typed("StartGeneration", START, key("founder"), generation=2, term=41, configNonce=7, leaderSeat=2, seq=123456,
              head=h32("head"), founders=[{"seat": 1, "epoch": 9}, {"seat": 2, "epoch": 4}, {"seat": 5, "epoch": 1024}]),
        typed("Report", REPORT, key("reporter"), generation=2, term=42, configNonce=8, leaderSeat=5, countedSeats=[1, 2, 5]),
        typed("Propose", "uint64 generation,uint64 configNonce,uint64 term,uint64 seq,bytes32 blockHash", key("leader"),
              generation=2, configNonce=8, term=42, seq=123457, blockHash=h32("block")),
        typed("Accept", "uint64 generation,uint64 configNonce,uint64 term,uint64 seq,bytes32 blockHash,uint64 seat,uint64 epoch",
              key("follower"), generation=2, configNonce=8, term=42, seq=123457, blockHash=h32("block"), seat=1, epoch=9),
        typed("NoConfidence", "uint64 generation,uint64 configNonce,uint64 toTerm,uint64 seenSeq,uint64 seat,uint64 epoch",
              key("voter"), generation=2, configNonce=8, toTerm=43, seenSeq=123450, seat=2, epoch=4),
        typed("Grant", "uint64 generation,uint64 configNonce,uint64 term,uint64 leaderSeat,address leaderKey,uint64 lastTerm,"
              "uint64 lastSeq,bytes32 head,uint64 seat,uint64 epoch", key("granter"),
              generation=2, configNonce=8, term=43, leaderSeat=1, leaderKey=address(key("leader")), lastTerm=42,
              lastSeq=123457, head=h32("block"), seat=2, epoch=4),
        typed("RestartReport", "uint64 generation,uint64 configNonce,uint64 promisedTerm,uint64 lastTerm,uint64 lastSeq,"
              "bytes32 head,bool blank,uint64 seat,uint64 epoch", key("restarted"),
              generation=3, configNonce=8, promisedTerm=43, lastTerm=42, lastSeq=123457, head=h32("block"), blank=True,
              seat=5, epoch=1025),
        typed("TransportKey", "bytes32 keyHash,uint64 seat,uint64 epoch", key("boot key"),
              keyHash=h32("certificate key"), seat=3, epoch=17),
    ]
    return {
        "domainName": "DstackCluster", "domainVersion": "1", "chainId": CHAIN_ID, "verifyingContract": CLUSTER,
        "domainTypeHash": keccak(DOMAIN_TYPE.encode()), "domainSeparator": domain_separator(), "structs": structs,
    }


def kms_issued(app_id: bytes, app_public: bytes) -> str:
    return keccak(b"dstack-kms-issued:" + app_id + compress(app_public))


def vouched(purpose: bytes, public_compressed: bytes) -> str:
    return keccak(purpose + b":" + public_compressed.hex().encode())


def chain_v0(name, app_key, path, purpose, derived_key, link0):
    """A published vector of GetKey, recomputed before it is written."""
    assert hkdf(unhex(app_key), path).hex() == derived_key, name
    derived = public_key("0x" + derived_key)
    digest = vouched(purpose, compress(derived))
    assert sign_hash(digest, app_key) == "0x" + link0, name
    app = public_key(app_key)
    return {
        "name": name, "path": path.decode(), "purpose": purpose.decode(), "appKey": app_key, "appAddress": address(app_key),
        "appPublicKey": "0x" + compress(app).hex(), "appKeyX": "0x" + app[:32].hex(), "appKeyY": "0x" + app[32:].hex(),
        "derivedKey": "0x" + derived_key, "derivedAddress": address("0x" + derived_key),
        "derivedPublicKey": "0x" + compress(derived).hex(),
        "derivedKeyX": "0x" + derived[:32].hex(), "derivedKeyY": "0x" + derived[32:].hex(),
        "claimHash": digest, "appSignature": "0x" + link0,
    }


def simulator():
    app_key = "0xd6e88992cdeeee35fe70b5db61ab66cdb191fb9b6ec9313757ef162dd7214d5d"
    vector = chain_v0(
        "simulator-fixture", app_key, b"node", b"signing",
        "8e3800142f8df327fdb464017904eaee5a4561c1a72cc14bfeb3e85929c1a134",
        "8cf6ad1bc665436ac668c40b17b35b88782b8a843c655e0457c7a12f9045618c1eb33e57ceee05084a771868a3ec07b73841b4499f5863ef4c5cf6eba64148c801")
    app_id = "0x5bb4ff9a3837357f19dc176407a5709c62eb6c56"
    vector.update({
        "appId": app_id,
        "kmsRootPublicKey": "0x0321529e458424ab1f710a3a57ec4dad2fb195ddca572f7469242ba6c7563085b6",
        "kmsRoot": "0xa7f6043c29f9cc1d9d6acf554c53e0c6792aaeaf",
        "issuedHash": kms_issued(unhex(app_id), public_key(app_key)),
        "kmsSignature": "0x9e618603e72d01fedb82deff6daf2d62a572becf0059eec3f89c1ab40e1f2e594d2a283f843f34e8f39e4cc49a612496ce67223a12ac923f8efe330346dfc6c500",
    })
    return vector


def chain_v1():
    """API v1 uses other bytes for the key and for the claim; kept so that nobody mistakes one for the other."""
    app_key = "0x1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b"
    domain = b"storage-encryption"

    def lp(data):
        return len(data).to_bytes(4, "big") + data

    def derive(info_domain):
        prk = hmac.new(b"dstack-guest-v1", unhex(app_key), hashlib.sha256).digest()
        info = lp(b"dstack-guest-v1-key") + lp(b"secp256k1") + lp(info_domain)
        return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()

    derived_key = derive(domain)
    assert derived_key.hex() == "5510330f86902ddae38c6d89c93a8408019332c17a429e1abd01c4a28d1544a6"
    assert derive(b"").hex() == "59f60584ce6fd2a3a31997256db9d77322463fc8a6b1520110401bcb1ee92387"
    derived = compress(public_key("0x" + derived_key.hex()))
    digest = keccak(lp(b"dstack-guest-v1-key-claim") + lp(b"secp256k1") + lp(domain) + lp(derived))
    link0 = "0x5b6193729ce7976ec67863f21692d4b98c69832698aae8e001a7d33a6f818b6e46ca950725b6e90e8ca9bcf394abd03ce264bf9b7eec1e91693247f9dd53c26901"
    assert sign_hash(digest, app_key) == link0
    return {
        "name": "v1-storage-encryption", "domain": domain.decode(), "algorithm": "secp256k1", "appKey": app_key,
        "appAddress": address(app_key), "derivedKey": "0x" + derived_key.hex(), "derivedPublicKey": "0x" + derived.hex(),
        "claimHash": digest, "appSignature": link0,
    }


def full_join():
    root_key, operator_key, boot_key = key("kms root"), key("operator"), key("boot key")
    app_id = unhex(CLUSTER)
    app_key = "0x" + hkdf(unhex(root_key), app_id + b"app-key").hex()
    derived_key = "0x" + hkdf(unhex(app_key), PATH).hex()
    app, derived = public_key(app_key), public_key(derived_key)
    endpoint = "https://node1.example:7443"
    join = typed("Join", JOIN, operator_key, seat=1, epoch=5, bootKey=address(boot_key),
                 instance="0x1691ed1b47506cad7d08834668691d88246f5b1f",
                 endpointHash=keccak(endpoint.encode()), deadline=1893456000)
    fields = {k: join[k] for k in ("seat", "epoch", "bootKey", "instance", "endpointHash", "deadline")}
    return {
        "name": "join", "chainId": CHAIN_ID, "verifyingContract": CLUSTER, "appId": CLUSTER,
        "kmsRootKey": root_key, "kmsRoot": address(root_key), "kmsRootPublicKey": "0x" + compress(public_key(root_key)).hex(),
        "path": PATH.decode(), "purpose": PURPOSE.decode(),
        "appKey": app_key, "appAddress": address(app_key), "appPublicKey": "0x" + compress(app).hex(),
        "appKeyX": "0x" + app[:32].hex(), "appKeyY": "0x" + app[32:].hex(),
        "derivedKey": derived_key, "derivedAddress": address(derived_key), "derivedPublicKey": "0x" + compress(derived).hex(),
        "derivedKeyX": "0x" + derived[:32].hex(), "derivedKeyY": "0x" + derived[32:].hex(),
        "operatorKey": operator_key, "operator": address(operator_key), "bootPrivateKey": boot_key,
        **fields, "endpoint": endpoint, "joinDigest": join["digest"],
        "issuedHash": kms_issued(app_id, app), "kmsSignature": sign_hash(kms_issued(app_id, app), root_key),
        "claimHash": vouched(PURPOSE, compress(derived)), "appSignature": sign_hash(vouched(PURPOSE, compress(derived)), app_key),
        "joinSignature": sign_hash(join["digest"], derived_key), "operatorSignature": join["signature"],
    }


def signature_chain():
    return {"chains": [
        chain_v0("v0-signing-test", "0x1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b", b"test", b"signing",
                 "52786aa123b0971e283af97f32e25767483d099d66e6c40afeb3a49046b5379e",
                 "c8a3dcf06c4e95bd78a5d7a1c8fcff171fc5848cfae804c6fc11bda4dc5d4062379995390843827444992c4c0e4bac70f0f878e01b9fc8b98cd7126fe5a3876b01"),
        chain_v1(), simulator(), full_join(),
    ]}


def write(name, value):
    with open(os.path.join(OUT, name), "w", encoding="utf-8") as out:
        json.dump(value, out, indent=2)
        out.write("\n")


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    write("eip712.json", eip712())
    write("signature_chain.json", signature_chain())
