// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice Typed data of this project (EIP-712): domain {name 'Medseal', version '1', chainId, verifyingContract}.
library Eip712 {
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    function domainSeparator(address verifyingContract) internal view returns (bytes32) {
        return keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256("Medseal"), keccak256("1"), block.chainid, verifyingContract)
        );
    }

    function digest(bytes32 separator, bytes32 structHash) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            // 66 bytes over the scratch space and two bytes of the free memory pointer, which is put back.
            let free := mload(0x40)
            mstore(0x00, hex"1901")
            mstore(0x02, separator)
            mstore(0x22, structHash)
            result := keccak256(0x00, 0x42)
            mstore(0x40, free)
        }
    }
}
