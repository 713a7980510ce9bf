// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AuditTrail} from "./AuditTrail.sol";
import {Parameters} from "./generated/Parameters.sol";
import {IPolicyRegistry} from "./interfaces/IPolicyRegistry.sol";
import {IStakeholderRegistry} from "./interfaces/IStakeholderRegistry.sol";
import {PolicyHash} from "./types/PolicyHash.sol";
import {PolicyId} from "./types/PolicyId.sol";
import {StakeholderId} from "./types/StakeholderId.sol";
import {Standing} from "./types/Standing.sol";

/// @title PolicyRegistry
contract PolicyRegistry is IPolicyRegistry, AuditTrail {
    struct Entry {
        uint256 program; // oncePerPerson 1 | policyHash 255, whose top bit a field element leaves free
        bytes32 termsHash;
        address token;
        uint32 maximumSales;
        bool saleStopped;
        uint128 price;
        uint128 maximumPayout;
    }

    IStakeholderRegistry public immutable STAKEHOLDERS;

    mapping(PolicyId => Entry) private _entries;

    constructor(IStakeholderRegistry stakeholders) {
        STAKEHOLDERS = stakeholders;
    }

    /// @inheritdoc IPolicyRegistry
    function publish(StakeholderId publisherId, uint32 version, Terms calldata terms, bytes calldata document)
        external
        returns (PolicyId id)
    {
        Standing standing = STAKEHOLDERS.standing(publisherId);
        if (msg.sender != standing.key()) revert PolicyRegistry_NotPublisher(publisherId, msg.sender);
        if (standing.suspended()) revert PolicyRegistry_Suspended(publisherId);
        id = PolicyId.wrap((StakeholderId.unwrap(publisherId) << 32) | version);
        uint256 hash = PolicyHash.unwrap(terms.policyHash);
        if (hash == 0 || hash >= Parameters.FIELD_ORDER) revert PolicyRegistry_UnusablePolicyHash(terms.policyHash);
        if (_entries[id].program != 0) revert PolicyRegistry_AlreadyPublished(id);
        if (terms.token == address(0) && (terms.price != 0 || terms.maximumPayout != 0)) revert PolicyRegistry_NoToken();

        _entries[id] = Entry({
            program: (terms.oncePerPerson ? 1 << 255 : 0) | hash,
            termsHash: terms.termsHash,
            token: terms.token,
            maximumSales: terms.maximumSales,
            saleStopped: false,
            price: terms.price,
            maximumPayout: terms.maximumPayout
        });

        _record(keccak256("policy.published"), bytes32(PolicyId.unwrap(id)), abi.encode(terms, document));
    }

    /// @inheritdoc IPolicyRegistry
    function stopSale(PolicyId id) external {
        if (_entries[id].program == 0) revert PolicyRegistry_Unknown(id);
        if (msg.sender != STAKEHOLDERS.keyOf(id.publisher())) {
            revert PolicyRegistry_NotPublisher(id.publisher(), msg.sender);
        }
        if (_entries[id].saleStopped) revert PolicyRegistry_SaleStopped(id);

        _entries[id].saleStopped = true;

        _record(keccak256("policy.saleStopped"), bytes32(PolicyId.unwrap(id)), "");
    }

    /// @inheritdoc IPolicyRegistry
    function program(PolicyId id)
        external
        view
        returns (StakeholderId publisherId, PolicyHash policyHash, bool oncePerPerson)
    {
        uint256 packed = _entries[id].program;
        return (id.publisher(), PolicyHash.wrap((packed << 1) >> 1), packed >> 255 != 0);
    }

    /// @inheritdoc IPolicyRegistry
    function termsOf(PolicyId id) external view returns (Terms memory) {
        Entry memory entry = _entries[id];
        if (entry.program == 0) revert PolicyRegistry_Unknown(id);
        return Terms({
            policyHash: PolicyHash.wrap((entry.program << 1) >> 1),
            termsHash: entry.termsHash,
            token: entry.token,
            price: entry.price,
            maximumPayout: entry.maximumPayout,
            maximumSales: entry.maximumSales,
            oncePerPerson: entry.program >> 255 != 0
        });
    }

    /// @inheritdoc IPolicyRegistry
    function isOnSale(PolicyId id) external view returns (bool) {
        return _entries[id].program != 0 && !_entries[id].saleStopped;
    }
}
