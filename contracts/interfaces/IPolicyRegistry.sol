// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAuditTrail} from "./IAuditTrail.sol";
import {PolicyHash} from "../types/PolicyHash.sol";
import {PolicyId} from "../types/PolicyId.sol";
import {StakeholderId} from "../types/StakeholderId.sol";

/// @title Published policies
/// @notice A policy's id is publisher's id << 32 | version; what is published under it never changes. The document, the
///         policy as JSON, is in the audit entry only; an unlisted policy leaves it empty and so publishes its hash.
///
///         Audit entries, subject = policy id:
///         - "policy.published"   (Terms terms, bytes document)
///         - "policy.saleStopped" ()
interface IPolicyRegistry is IAuditTrail {
    struct Terms {
        PolicyHash policyHash;
        bytes32 termsHash; // Salted hash of the contract's words
        address token; // In which price and limits are; 0 only where all of them are 0
        uint128 price; // In the token's smallest unit
        uint128 maximumPayout; // Most that one sale ever pays out, in the token's smallest unit
        uint32 maximumSales; // 0 for no limit
        bool oncePerPerson; // A person counts once in it, and is recognised when they come back
    }

    /// @notice Thrown when the caller is not the publisher's key.
    error PolicyRegistry_NotPublisher(StakeholderId publisherId, address caller);
    /// @notice Thrown when a suspended stakeholder publishes.
    error PolicyRegistry_Suspended(StakeholderId publisherId);
    /// @notice Thrown when the version was published before.
    error PolicyRegistry_AlreadyPublished(PolicyId id);
    /// @notice Thrown when the policy's hash is 0 or not below the field order.
    error PolicyRegistry_UnusablePolicyHash(PolicyHash policyHash);
    /// @notice Thrown when there is a price or a payout and no token.
    error PolicyRegistry_NoToken();
    /// @notice Thrown when nothing is published under the id.
    error PolicyRegistry_Unknown(PolicyId id);
    /// @notice Thrown when the sale was stopped before.
    error PolicyRegistry_SaleStopped(PolicyId id);

    /// @notice Publishes a version. Called by the publisher's key.
    function publish(StakeholderId publisherId, uint32 version, Terms calldata terms, bytes calldata document)
        external
        returns (PolicyId id);

    /// @notice Ends new sales only: covers sold and questions asked stand. Called by the publisher's key.
    /// @dev Open to a suspended publisher: it ends something.
    function stopSale(PolicyId id) external;

    /// @notice What a consumer needs to count people in it, from one storage slot; the hash is 0 where nothing is
    ///         published under the id.
    function program(PolicyId id)
        external
        view
        returns (StakeholderId publisherId, PolicyHash policyHash, bool oncePerPerson);

    function termsOf(PolicyId id) external view returns (Terms memory);

    function isOnSale(PolicyId id) external view returns (bool);
}
