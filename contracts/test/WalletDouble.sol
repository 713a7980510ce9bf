// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice A contract that signs (ERC-1271): accepts what its owner marked, in one of several manners.
contract WalletDouble {
    /// @dev 0 answers as it should, 1 answers with too little, 2 reverts, 3 answers with a megabyte.
    uint256 public manner;
    mapping(bytes32 digest => bool) public accepts;

    function accept(bytes32 digest) external {
        accepts[digest] = true;
    }

    function behave(uint256 manner_) external {
        manner = manner_;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        if (manner == 2) revert("no");
        if (manner == 1 || manner == 3) {
            uint256 size = manner == 1 ? 4 : 1 << 20;
            assembly {
                mstore(0, shl(224, 0x1626ba7e))
                return(0, size)
            }
        }
        return accepts[digest] ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}
