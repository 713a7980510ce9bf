// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAuditTrail} from "./interfaces/IAuditTrail.sol";

/// @title AuditTrail
/// @notice Writes the entries that IAuditTrail describes.
abstract contract AuditTrail is IAuditTrail {
    uint256 private _auditHead;

    /// @dev The first entry, "trail.opened", with the contract as subject and its chain as details: what an auditor
    ///      starts from, and no later entry pays for a fresh slot.
    constructor() {
        _record(keccak256("trail.opened"), bytes32(uint256(uint160(address(this)))), abi.encode(block.chainid));
    }

    /// @inheritdoc IAuditTrail
    function auditHead() public view returns (uint256) {
        return _auditHead;
    }

    function _record(bytes32 action, bytes32 subject, bytes memory details) internal {
        _auditHead = _append(_auditHead, action, subject, details);
    }

    /// @dev For several entries in one call: the caller carries the head and stores it once. `details` is a multiple of
    ///      32 bytes, as abi.encode makes them, and is logged where it lies: the two words before it become the rest of
    ///      the event's data for a moment, and are put back.
    function _append(uint256 head, bytes32 action, bytes32 subject, bytes memory details)
        internal
        returns (uint256 next)
    {
        bytes32 signature = AuditEntry.selector;
        assembly ("memory-safe") {
            let length := mload(details)
            let free := mload(0x40)
            mstore(free, head)
            mstore(add(free, 0x20), action)
            mstore(add(free, 0x40), subject)
            mstore(add(free, 0x60), keccak256(add(details, 0x20), length))
            // Sequence 56 | hash 200. A sequence of 56 bits outlives any chain.
            next := or(shl(200, add(shr(200, head), 1)), shr(56, shl(56, keccak256(free, 0x80))))

            let data := sub(details, 0x40)
            let first := mload(data)
            let second := mload(add(data, 0x20))
            mstore(data, next)
            mstore(add(data, 0x20), 0x40)
            log3(data, add(0x60, length), signature, action, subject)
            mstore(data, first)
            mstore(add(data, 0x20), second)
        }
    }

    function _setAuditHead(uint256 head) internal {
        _auditHead = head;
    }
}
