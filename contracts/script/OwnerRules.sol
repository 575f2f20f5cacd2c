// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

interface IHasMinDelay {
    function getMinDelay() external view returns (uint256);
}

/// @title Who may own a cluster off the local chain
library OwnerRules {
    enum Kind {
        Account, // a key, or a key that delegates to code (EIP-7702)
        Timelock,
        Contract // code that names no delay
    }

    /// @param allowAccount the operator insists on an owner that is one key.
    /// @param allowNoTimelock the operator insists on an owner that acts at once.
    function check(address owner, bool allowAccount, bool allowNoTimelock)
        internal
        view
        returns (Kind kind, uint256 minDelay)
    {
        (kind, minDelay) = kindOf(owner);
        require(
            kind != Kind.Account || allowAccount,
            "the owner is an externally owned account: whoever steals its key owns every seat; set TIMELOCK_DELAY or "
            "name a timelock as OWNER, or insist with ALLOW_ACCOUNT_OWNER=true"
        );
        require(
            kind != Kind.Timelock || minDelay != 0,
            "the owner is a timelock without delay: raise its getMinDelay(), nobody could see a grant coming"
        );
        require(
            kind != Kind.Contract || allowNoTimelock,
            "the owner is a contract, but no timelock (no getMinDelay()): put one before it, or insist with "
            "ALLOW_NO_TIMELOCK=true"
        );
    }

    function kindOf(address owner) internal view returns (Kind kind, uint256 minDelay) {
        bytes memory code = owner.code;
        bool delegates = code.length == 23 && code[0] == 0xef && code[1] == 0x01 && code[2] == 0x00;
        if (code.length == 0 || delegates) return (Kind.Account, 0);
        (bool ok, bytes memory answer) = owner.staticcall(abi.encodeCall(IHasMinDelay.getMinDelay, ()));
        if (!ok || answer.length != 32) return (Kind.Contract, 0);
        return (Kind.Timelock, abi.decode(answer, (uint256)));
    }

    function nameOf(Kind kind) internal pure returns (string memory) {
        if (kind == Kind.Account) return "account";
        return kind == Kind.Timelock ? "timelock" : "contract";
    }
}
