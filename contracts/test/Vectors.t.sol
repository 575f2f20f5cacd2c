// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DstackMembershipNFT} from "../src/DstackMembershipNFT.sol";
import {ClusterHashes} from "../src/libraries/ClusterHashes.sol";
import {KmsSignatureChain} from "../src/libraries/KmsSignatureChain.sol";
import {Signatures} from "../src/libraries/Signatures.sol";
import {ClusterParams, Founder, Join, KmsProof, Report, StartGeneration} from "../src/types/ClusterTypes.sol";
import {Fixture} from "./utils/Fixture.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @dev The libraries take calldata; this gives them some.
contract Libraries {
    function hash(Join calldata request) external pure returns (bytes32) {
        return ClusterHashes.hash(request);
    }

    function hash(StartGeneration calldata start) external pure returns (bytes32) {
        return ClusterHashes.hash(start);
    }

    function hash(Report calldata report) external pure returns (bytes32) {
        return ClusterHashes.hash(report);
    }

    function recover(bytes32 digest, bytes calldata signature) external pure returns (address) {
        return Signatures.recover(digest, signature);
    }
}

/// @dev tests/vectors was made by third implementations (cast, noble); C++ reads the same files.
contract VectorsTest is Fixture {
    Libraries private libraries;
    string private eip712;
    string private chains;

    function setUp() public override {
        super.setUp();
        libraries = new Libraries();
        eip712 = vm.readFile("../tests/vectors/eip712.json");
        chains = vm.readFile("../tests/vectors/signature_chain.json");
    }

    function test_domain_separator() public view {
        address verifier = vm.parseJsonAddress(eip712, ".verifyingContract");
        vm.assertEq(vm.parseJsonUint(eip712, ".chainId"), block.chainid);
        vm.assertEq(vm.parseJsonBytes32(eip712, ".domainSeparator"), domainSeparator(verifier));
    }

    function test_every_struct_is_signed_by_its_address() public view {
        bytes32 domain = vm.parseJsonBytes32(eip712, ".domainSeparator");
        for (uint256 i = 0; i < 12; i++) {
            string memory at = entry(i);
            bytes32 typeHash = keccak256(bytes(vm.parseJsonString(eip712, string.concat(at, ".typeString"))));
            vm.assertEq(vm.parseJsonBytes32(eip712, string.concat(at, ".typeHash")), typeHash);
            bytes32 structHash = vm.parseJsonBytes32(eip712, string.concat(at, ".structHash"));
            bytes32 digest = keccak256(bytes.concat(hex"1901", domain, structHash));
            vm.assertEq(vm.parseJsonBytes32(eip712, string.concat(at, ".digest")), digest);
            bytes memory signature = vm.parseJsonBytes(eip712, string.concat(at, ".signature"));
            address signer = vm.parseJsonAddress(eip712, string.concat(at, ".address"));
            vm.assertEq(libraries.recover(digest, signature), signer);
            uint256 key = uint256(vm.parseJsonBytes32(eip712, string.concat(at, ".privateKey")));
            vm.assertEq(sign(key, digest), signature, "not RFC 6979");
        }
    }

    function test_join_hash() public view {
        vm.assertEq(vm.parseJsonBytes32(eip712, ".structs[0].structHash"), libraries.hash(readJoin(eip712, entry(0))));
        vm.assertEq(vm.parseJsonBytes32(eip712, ".structs[0].typeHash"), ClusterHashes.JOIN);
    }

    function test_start_generation_hash() public view {
        string memory at = entry(1);
        StartGeneration memory start;
        start.generation = u64(at, ".generation");
        start.term = u64(at, ".term");
        start.configNonce = u64(at, ".configNonce");
        start.leaderSeat = u64(at, ".leaderSeat");
        start.seq = u64(at, ".seq");
        start.head = vm.parseJsonBytes32(eip712, ".structs[1].head");
        start.founders = new Founder[](3);
        for (uint256 i = 0; i < 3; i++) {
            string memory founder = string.concat(at, ".founders[", Strings.toString(i), "]");
            start.founders[i] = Founder(u64(founder, ".seat"), u64(founder, ".epoch"));
        }
        vm.assertEq(vm.parseJsonBytes32(eip712, ".structs[1].structHash"), libraries.hash(start));
        vm.assertEq(vm.parseJsonBytes32(eip712, ".structs[1].typeHash"), ClusterHashes.START_GENERATION);
    }

    function test_report_hash() public view {
        string memory at = entry(2);
        uint256[] memory list = vm.parseJsonUintArray(eip712, ".structs[2].countedSeats");
        Report memory report;
        report.generation = u64(at, ".generation");
        report.term = u64(at, ".term");
        report.configNonce = u64(at, ".configNonce");
        report.leaderSeat = u64(at, ".leaderSeat");
        report.countedSeats = new uint64[](list.length);
        for (uint256 i = 0; i < list.length; i++) {
            report.countedSeats[i] = uint64(list[i]);
        }
        vm.assertEq(vm.parseJsonBytes32(eip712, ".structs[2].structHash"), libraries.hash(report));
        vm.assertEq(vm.parseJsonBytes32(eip712, ".structs[2].typeHash"), ClusterHashes.REPORT);
    }

    function test_published_dstack_chain() public view {
        string memory at = ".chains[2]"; // the simulator's fixture: both links
        bytes32 x = word(at, ".appKeyX");
        bytes32 y = word(at, ".appKeyY");
        address app = vm.parseJsonAddress(chains, ".chains[2].appId");
        bytes32 issued = KmsSignatureChain.issuedHash(app, x, y);
        vm.assertEq(word(at, ".issuedHash"), issued);
        vm.assertEq(
            libraries.recover(issued, vm.parseJsonBytes(chains, ".chains[2].kmsSignature")),
            vm.parseJsonAddress(chains, ".chains[2].kmsRoot")
        );
        for (uint256 i = 0; i < 3; i += 2) {
            at = i == 0 ? ".chains[0]" : ".chains[2]";
            address appKey = KmsSignatureChain.addressOf(word(at, ".appKeyX"), word(at, ".appKeyY"));
            vm.assertEq(appKey, vm.parseJsonAddress(chains, string.concat(at, ".appAddress")));
            bytes32 claim = word(at, ".claimHash");
            bytes memory signature = vm.parseJsonBytes(chains, string.concat(at, ".appSignature"));
            vm.assertEq(libraries.recover(claim, signature), appKey);
        }
    }

    /// @dev dstack's published claims, rebuilt from their parts and signed again: API v0, which the contract speaks,
    /// and v1, which it does not.
    function test_published_claims_are_rebuilt_and_signed() public view {
        for (uint256 i = 0; i < 4; i++) {
            string memory at = string.concat(".chains[", Strings.toString(i), "]");
            bytes memory derived = vm.parseJsonBytes(chains, string.concat(at, ".derivedPublicKey"));
            bytes memory claim;
            if (i == 1) {
                bytes memory domain = bytes(vm.parseJsonString(chains, ".chains[1].domain"));
                claim = bytes.concat(prefixed("dstack-guest-v1-key-claim"), prefixed("secp256k1"));
                claim = bytes.concat(claim, prefixed(domain), prefixed(derived));
            } else {
                bytes memory purpose = bytes(vm.parseJsonString(chains, string.concat(at, ".purpose")));
                claim = bytes.concat(purpose, ":", plainHex(derived));
            }
            vm.assertEq(keccak256(claim), word(at, ".claimHash"));
            bytes memory signature = vm.parseJsonBytes(chains, string.concat(at, ".appSignature"));
            uint256 key = uint256(word(at, ".appKey"));
            vm.assertEq(sign(key, keccak256(claim)), signature, "not RFC 6979");
            vm.assertEq(libraries.recover(keccak256(claim), signature), vm.addr(key));
        }
    }

    /// @dev A signature of dstack's KMS over another of its statements.
    function test_published_environment_key_signature() public view {
        bytes32 digest = keccak256(
            abi.encodePacked(
                "dstack-env-encrypt-pubkey:",
                address(0),
                hex"e33a1832c6562067ff8f844a61e51ad051f1180b66ec2551fb0251735f3ee90a"
            )
        );
        bytes memory signature =
            hex"8542c49081fbf4e03f62034f13fbf70630bdf256a53032e38465a27c36fd6bed7a5e7111652004aef37f7fd92fbfc1285212c4ae6a6154203a48f5e16cad2cef00";
        vm.assertEq(libraries.recover(digest, signature), 0x3aFAb89666FCb63572C0A06EB9571e2ecf074F2c);
    }

    function test_full_join_chain_joins() public {
        string memory at = ".chains[3]";
        address app = vm.parseJsonAddress(chains, ".chains[3].appId");
        // The chain names an app id, so a clone has to stand at just that address.
        vm.etch(app, abi.encodePacked(hex"363d3d373d3d3d363d73", implementation, hex"5af43d82803e903d91602b57fd5bf3"));
        cluster = DstackMembershipNFT(app);
        ClusterParams memory params = defaultParams();
        params.kmsRoot = vm.parseJsonAddress(chains, ".chains[3].kmsRoot");
        cluster.initialize(params);
        vm.prank(ADMIN);
        cluster.mint(vm.parseJsonAddress(chains, ".chains[3].operator"));

        KmsProof memory proof;
        proof.appKeyX = word(at, ".appKeyX");
        proof.appKeyY = word(at, ".appKeyY");
        proof.kmsSignature = vm.parseJsonBytes(chains, ".chains[3].kmsSignature");
        proof.derivedKeyX = word(at, ".derivedKeyX");
        proof.derivedKeyY = word(at, ".derivedKeyY");
        proof.appSignature = vm.parseJsonBytes(chains, ".chains[3].appSignature");
        proof.joinSignature = vm.parseJsonBytes(chains, ".chains[3].joinSignature");
        vm.assertEq(KmsSignatureChain.claimHash(proof.derivedKeyX, proof.derivedKeyY), word(at, ".claimHash"));
        vm.assertEq(KmsSignatureChain.issuedHash(app, proof.appKeyX, proof.appKeyY), word(at, ".issuedHash"));

        Join memory request = readJoin(chains, at);
        vm.assertEq(joinDigest(request), word(at, ".joinDigest"));
        cluster.join(
            request,
            vm.parseJsonString(chains, ".chains[3].endpoint"),
            vm.parseJsonBytes(chains, ".chains[3].operatorSignature"),
            proof
        );
        vm.assertEq(member(1).bootKey, request.bootKey);
    }

    function testFuzz_hex_text(bytes16 data) public pure {
        bytes memory text = abi.encodePacked(KmsSignatureChain.hexText(data));
        vm.assertEq(text, plainHex(abi.encodePacked(data)));
    }

    function testFuzz_etched_clone_is_what_the_factory_makes(bytes32 salt) public {
        vm.assume(salt != "salt"); // taken by the fixture
        address made = factory.deploy(address(implementation), salt, defaultParams());
        bytes memory code =
            abi.encodePacked(hex"363d3d373d3d3d363d73", implementation, hex"5af43d82803e903d91602b57fd5bf3");
        vm.assertEq(made.code, code);
        vm.assertEq(
            factory.predict(address(implementation), salt, defaultParams()), made, "prediction differs from address"
        );
    }

    function prefixed(bytes memory part) private pure returns (bytes memory) {
        return abi.encodePacked(uint32(part.length), part);
    }

    function entry(uint256 i) private pure returns (string memory) {
        return string.concat(".structs[", Strings.toString(i), "]");
    }

    function u64(string memory at, string memory field) private view returns (uint64) {
        return uint64(vm.parseJsonUint(eip712, string.concat(at, field)));
    }

    function word(string memory at, string memory field) private view returns (bytes32) {
        return vm.parseJsonBytes32(chains, string.concat(at, field));
    }

    function readJoin(string memory json, string memory at) private pure returns (Join memory request) {
        request.seat = uint64(vm.parseJsonUint(json, string.concat(at, ".seat")));
        request.epoch = uint64(vm.parseJsonUint(json, string.concat(at, ".epoch")));
        request.bootKey = vm.parseJsonAddress(json, string.concat(at, ".bootKey"));
        request.instance = vm.parseJsonAddress(json, string.concat(at, ".instance"));
        request.endpointHash = vm.parseJsonBytes32(json, string.concat(at, ".endpointHash"));
        request.deadline = uint64(vm.parseJsonUint(json, string.concat(at, ".deadline")));
    }
}
