// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IRegistrar} from "./IRegistrar.sol";
import {IssuersRoot} from "../types/IssuersRoot.sol";
import {Standing} from "../types/Standing.sol";
import {StakeholderId} from "../types/StakeholderId.sol";

/// @title Who takes part, and whose signature on records counts
/// @notice Stakeholders are numbered 1, 2, 3, ... and verified by the registrar. Those that issue records have a leaf
///         in the issuer tree, Poseidon(ISSUER_LEAF, issuerId, roles * 2^20 + validUntil, statusRoot), which is 0
///         while they are suspended and after they are removed.
///
///         A root is valid while it is current, or of the current epoch and less than ROOT_GRACE since it was last
///         replaced. Only the registrar moves the epoch, together with a leaf: every earlier root dies at once.
///
///         Audit entries, subject = stakeholder id unless said otherwise:
///         - "stakeholder.scheduled"     (Addition addition, uint64 eta), subject = additionId
///         - "stakeholder.cancelled"     (), subject = additionId
///         - "stakeholder.added"         (Addition addition, uint256 position) position of an issuer's leaf, else 0
///         - "stakeholder.keyProposed"   (address key)
///         - "stakeholder.keyAccepted"   (address key)
///         - "stakeholder.payoutProposed" (address payout, uint64 eta)
///         - "stakeholder.payoutCancelled" ()
///         - "stakeholder.suspended"     (uint256 root, uint64 epoch)
///         - "stakeholder.unsuspended"   (uint256 root, uint64 epoch)
///         - "issuer.status"             (uint256 root, uint64 epoch, uint256 statusRoot, uint16[] positions,
///                                        uint256[] words)
///         - "issuer.statusOverruled"    the same, by the registrar
///         - "issuer.extended"           (uint256 root, uint64 epoch, uint32 validUntil)
///         - "issuer.removed"            (uint256 root, uint64 epoch)
interface IStakeholderRegistry is IRegistrar {
    /// @notice A stakeholder to be; issuerId, validUntil and statusRoot are 0 for those that issue no records.
    struct Addition {
        address key; // Signs requests, calls for the stakeholder
        address payout; // Where its money goes
        uint16 roles; // Bits Parameters.ROLE_*
        bytes32 licenceHash; // Hash of the licence the registrar has seen
        uint256 issuerId; // Poseidon(ISSUER, Ax, Ay) of its record-signing key, checked off chain
        uint32 validUntil; // Last valid day + 2^17, below 2^20
        uint256 statusRoot; // Root of its status list
    }

    struct Stakeholder {
        address key;
        uint16 roles;
        bool suspended;
        address proposedKey; // 0 where no rotation is under way
        address payout; // In effect now
        address nextPayout; // 0 where no change is under way
        uint64 nextPayoutAt; // Unix seconds; in effect from then on
        bytes32 licenceHash;
        uint256 issuerId; // 0 for non-issuers and after removal
        uint256 position; // Of its leaf
        uint32 validUntil;
        uint256 statusRoot;
    }

    /// @notice Thrown when no stakeholder has this id.
    error StakeholderRegistry_Unknown(StakeholderId id);
    /// @notice Thrown when the caller is not the stakeholder's key, or not the one proposed.
    error StakeholderRegistry_NotKey(StakeholderId id, address caller);
    /// @notice Thrown when a field of an addition cannot be: nobody's key or payout address, or no role.
    error StakeholderRegistry_IncompleteAddition();
    /// @notice Thrown when an issuer id is not below the field order, or was used before.
    error StakeholderRegistry_UnusableIssuerId(uint256 issuerId);
    /// @notice Thrown when a status root is 0 or not below the field order.
    error StakeholderRegistry_UnusableStatusRoot(uint256 statusRoot);
    /// @notice Thrown when a last valid day does not fit 20 bits or does not extend the present one.
    error StakeholderRegistry_UnusableValidUntil(uint32 validUntil);
    /// @notice Thrown when the issuer tree has no free position.
    error StakeholderRegistry_TreeFull();
    /// @notice Thrown when an issuer's leaf would be 0.
    error StakeholderRegistry_EmptyLeaf(StakeholderId id);
    /// @notice Thrown when an addition is scheduled already.
    error StakeholderRegistry_AlreadyScheduled(bytes32 additionId);
    /// @notice Thrown when an addition is not scheduled.
    error StakeholderRegistry_NotScheduled(bytes32 additionId);
    /// @notice Thrown when an addition, scheduled for `eta`, is executed before.
    error StakeholderRegistry_TooEarly(bytes32 additionId, uint64 eta);
    /// @notice Thrown when additions without delay are asked for where there is a delay, in seconds.
    error StakeholderRegistry_Delayed(uint256 additionDelay);
    /// @notice Thrown when a suspended stakeholder does what suspension stops, or is suspended again.
    error StakeholderRegistry_Suspended(StakeholderId id);
    /// @notice Thrown when a stakeholder that is not suspended is unsuspended.
    error StakeholderRegistry_NotSuspended(StakeholderId id);
    /// @notice Thrown when the stakeholder issues no records (any more).
    error StakeholderRegistry_NotIssuer(StakeholderId id);
    /// @notice Thrown when there are not as many words as positions.
    error StakeholderRegistry_WordCount(uint256 positions, uint256 words);
    /// @notice Thrown when a status word has more than 248 bits or a position that no list has.
    error StakeholderRegistry_UnusableWord(uint16 position, uint256 word);
    /// @notice Thrown when no change of the payout address is under way.
    error StakeholderRegistry_NoPayoutChange(StakeholderId id);

    /// @notice Announces an addition; anyone may execute it once the delay has passed. Registrar only.
    function scheduleAddition(Addition calldata addition) external returns (bytes32 additionId);

    /// @notice Withdraws a scheduled addition. Registrar only.
    function cancelAddition(bytes32 additionId) external;

    /// @notice Adds a stakeholder whose addition was scheduled long enough ago.
    /// @dev Open to everyone on purpose: the registrar's part was to schedule it.
    function executeAddition(Addition calldata addition) external returns (StakeholderId id);

    /// @notice Adds a stakeholder at once, only where there is no delay. Registrar only.
    function register(Addition calldata addition) external returns (StakeholderId id);

    /// @notice Names the stakeholder's next key, which has to accept; 0 withdraws. Called by the present key.
    /// @dev Warning: open to a suspended stakeholder. Whoever steals a key can rotate it: the registrar then suspends
    ///      for good and adds the owner anew.
    function proposeKey(StakeholderId id, address key) external;

    /// @notice Takes over as the stakeholder's key. Called by the proposed key.
    function acceptKey(StakeholderId id) external;

    /// @notice Changes the payout address, in effect after the payout delay. Called by the key.
    function proposePayout(StakeholderId id, address payout) external;

    /// @notice Withdraws a change of the payout address that is not in effect yet. Called by the key.
    function cancelPayout(StakeholderId id) external;

    /// @notice Stops a stakeholder from entering anything new; an issuer's leaf becomes 0 and the epoch moves.
    ///         Registrar only.
    function suspend(StakeholderId id) external;

    /// @notice Ends a suspension. Registrar only.
    function unsuspend(StakeholderId id) external;

    /// @notice Extends an issuer's validity. Registrar only.
    function extendIssuer(StakeholderId id, uint32 validUntil) external;

    /// @notice Ends an issuer's issuing for good, its id included; the epoch moves. Registrar only.
    /// @dev Warning: its position in the tree is not used again.
    function removeIssuer(StakeholderId id) external;

    /// @notice Replaces an issuer's status root and publishes the words that changed. Called by the issuer's key.
    /// @param positions Words that changed, counted from 0; bit b of word w belongs to status index w * 2^8 + b.
    /// @param words Their new content, in the same order.
    /// @dev Warning: nothing here checks that the root is of the words. Mirrors do, and serve no list that does not fit.
    function updateStatus(StakeholderId id, uint256 statusRoot, uint16[] calldata positions, uint256[] calldata words)
        external;

    /// @notice The same by the registrar in an emergency; the epoch moves.
    function overruleStatus(
        StakeholderId id,
        uint256 statusRoot,
        uint16[] calldata positions,
        uint256[] calldata words
    ) external;

    /// @notice How long a replaced root of the current epoch stays valid, in seconds.
    function ROOT_GRACE() external view returns (uint256);

    /// @notice Seconds between scheduling and executing an addition.
    function ADDITION_DELAY() external view returns (uint256);

    /// @notice Seconds until a new payout address is in effect.
    function PAYOUT_DELAY() external view returns (uint256);

    function stakeholderCount() external view returns (uint256);

    /// @notice Issuers ever added, which is the next free position of the tree.
    function issuerCount() external view returns (uint256);

    function epoch() external view returns (uint64);

    /// @notice When a scheduled addition may be executed, in Unix seconds; 0 where it is not scheduled.
    function additionEta(bytes32 additionId) external view returns (uint64);

    /// @notice The id by which an addition is scheduled.
    function additionIdOf(Addition calldata addition) external view returns (bytes32);

    function stakeholder(StakeholderId id) external view returns (Stakeholder memory);

    function keyOf(StakeholderId id) external view returns (address);

    function payoutOf(StakeholderId id) external view returns (address);

    function rolesOf(StakeholderId id) external view returns (uint16);

    function isSuspended(StakeholderId id) external view returns (bool);

    /// @notice Key, roles and suspension from one storage slot; the key is 0 where there is no such stakeholder.
    function standing(StakeholderId id) external view returns (Standing);

    /// @notice The same, and whether a root is valid, in one call: what a proof's consumer needs.
    function standingAndRoot(StakeholderId id, IssuersRoot root) external view returns (Standing);

    function currentRoot() external view returns (IssuersRoot);

    function isValidRoot(IssuersRoot root) external view returns (bool);

    /// @notice What is known about a root. `epoch_` and `replacedAt` are those of its last replacement, 0 for none.
    function rootState(IssuersRoot root)
        external
        view
        returns (bool valid, bool current, uint64 epoch_, uint64 replacedAt);

    /// @notice A node of the issuer tree; level 0 are the leaves, level 6 is the root.
    function nodeAt(uint256 level, uint256 index) external view returns (uint256);
}
