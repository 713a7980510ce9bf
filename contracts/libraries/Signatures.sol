// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice Signatures by accounts with a key (65 bytes r, s, v; low s only, EIP-2) or with code (ERC-1271).
library Signatures {
    /// @dev Half the order of secp256k1 (SEC 2, section 2.4.1), rounded down.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    /// @dev isValidSignature(bytes32,bytes), which is also what it answers (ERC-1271).
    bytes4 private constant MAGIC = 0x1626ba7e;

    /// @dev The key is tried first, so that an account with a key never pays for a look at its code.
    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (signer == address(0)) return false;
        if (signature.length == 65) {
            (bytes32 r, bytes32 s, uint8 v) = _split(signature);
            if (uint256(s) <= HALF_ORDER && ecrecover(digest, v, r, s) == signer) return true;
        }
        return signer.code.length != 0 && _isValidByCode(signer, digest, signature);
    }

    /// @dev Of 65 bytes.
    function _split(bytes calldata signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := calldataload(signature.offset)
            s := calldataload(add(signature.offset, 0x20))
            v := byte(0, calldataload(add(signature.offset, 0x40)))
        }
    }

    /// @dev Copies at most one word of the answer: a signer cannot make the caller pay for memory.
    function _isValidByCode(address signer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        bytes memory question = abi.encodeWithSelector(MAGIC, digest, signature);
        bool answered;
        bytes32 answer;
        assembly ("memory-safe") {
            answered := staticcall(gas(), signer, add(question, 32), mload(question), 0, 32)
            answered := and(answered, gt(returndatasize(), 31))
            answer := mload(0)
        }
        return answered && answer == bytes32(MAGIC);
    }
}
