// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAuditTrail} from "./interfaces/IAuditTrail.sol";

/// @title AuditTrail
/// @notice Writes the entries that IAuditTrail describes.
abstract contract AuditTrail is IAuditTrail {
    uint256 private _auditHead;

    /// @dev The first entry, "trail.opened" with the contract as subject and its chain as details: what an auditor
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

    /// @dev For several entries in one call: the caller carries the head and stores it once.
    function _append(uint256 head, bytes32 action, bytes32 subject, bytes memory details)
        internal
        returns (uint256 next)
    {
        next = _nextHead(head, action, subject, keccak256(details));

        emit AuditEntry(action, subject, next, details);
    }

    function _nextHead(uint256 head, bytes32 action, bytes32 subject, bytes32 detailsHash)
        internal
        pure
        returns (uint256)
    {
        uint256 hash = uint200(uint256(keccak256(abi.encode(head, action, subject, detailsHash))));
        // A sequence of 56 bits outlives any chain.
        unchecked {
            return (((head >> 200) + 1) << 200) | hash;
        }
    }

    function _setAuditHead(uint256 head) internal {
        _auditHead = head;
    }
}
