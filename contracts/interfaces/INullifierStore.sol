// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IRegistrar} from "./IRegistrar.sol";

/// @title What was used, for good
/// @notice Marks by (kind, key). A writer is admitted for one kind; a kind may get another writer, which then finds
///         every mark of the ones before: a redeployed registry forgets nothing.
///
///         Audit entries:
///         - "writer.admitted"  (bytes32 kind), subject = writer; the first writers at deployment
///         - "writer.scheduled" (bytes32 kind, uint64 eta), subject = writer
///         - "writer.cancelled" (), subject = writer
///         Spending writes no entry here: its writer's own entry in the same transaction names what the key is made of.
interface INullifierStore is IRegistrar {
    /// @notice Thrown when the caller may not write marks of this kind.
    error NullifierStore_NotWriter(bytes32 kind, address caller);
    /// @notice Thrown when the key was spent before.
    error NullifierStore_AlreadySpent(bytes32 kind, bytes32 key);
    /// @notice Thrown when a mark would be 0, which means unspent.
    error NullifierStore_NoMark();
    /// @notice Thrown when a writer is nobody, its kind is 0, or it was admitted before.
    error NullifierStore_UnfitWriter(address writer, bytes32 kind);
    /// @notice Thrown when there are not as many first writers as kinds.
    error NullifierStore_WriterCount(uint256 kinds, uint256 writers);
    /// @notice Thrown when a writer is scheduled already.
    error NullifierStore_AlreadyScheduled(address writer);
    /// @notice Thrown when a writer is not scheduled.
    error NullifierStore_NotScheduled(address writer);
    /// @notice Thrown when a writer, scheduled for `eta`, is admitted before.
    error NullifierStore_TooEarly(address writer, uint64 eta);

    /// @notice Marks a key as spent. Writers of the kind only.
    function spend(bytes32 kind, bytes32 key, bytes32 mark) external;

    /// @notice Announces another writer. Registrar only.
    function scheduleWriter(bytes32 kind, address writer) external;

    /// @notice Withdraws an announced writer. Registrar only.
    function cancelWriter(address writer) external;

    /// @notice Admits a writer announced long enough ago. Open to anyone.
    function admitWriter(address writer) external;

    /// @notice Seconds between announcing and admitting a writer.
    function ADMISSION_DELAY() external view returns (uint256);

    /// @notice The kind a writer is admitted for; 0 for none.
    function kindOf(address writer) external view returns (bytes32);

    /// @notice The kind a writer is announced for, and from when it may be admitted, in Unix seconds.
    function scheduled(address writer) external view returns (bytes32 kind, uint64 eta);

    /// @notice What the key was marked with; 0 where it is unspent.
    function markOf(bytes32 kind, bytes32 key) external view returns (bytes32);
}
