// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title A hash chain over everything a contract has done
/// @notice Head = sequence 56 | hash 200. The next hash is the low 200 bits of
///         keccak256(abi.encode(head, action, subject, keccak256(details))), with the whole previous head.
///         Whoever holds the entries recomputes the head; a missing, altered or reordered one does not fit.
interface IAuditTrail {
    /// @notice One change of state. For most actions this entry is the event.
    /// @param action keccak256 of the action's name; its interface states what subject and details are.
    /// @param head The head after this entry.
    event AuditEntry(bytes32 indexed action, bytes32 indexed subject, uint256 head, bytes details);

    /// @notice The head after the latest entry.
    function auditHead() external view returns (uint256);
}
