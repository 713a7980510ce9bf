// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {PoseidonT5} from "poseidon-solidity/PoseidonT5.sol";
import {Registrar} from "./Registrar.sol";
import {Parameters} from "./generated/Parameters.sol";
import {IStakeholderRegistry} from "./interfaces/IStakeholderRegistry.sol";
import {IssuerTree} from "./libraries/IssuerTree.sol";
import {LocalChain} from "./libraries/LocalChain.sol";
import {IssuersRoot} from "./types/IssuersRoot.sol";
import {StakeholderId} from "./types/StakeholderId.sol";
import {Standing} from "./types/Standing.sol";

/// @title StakeholderRegistry
contract StakeholderRegistry is IStakeholderRegistry, Registrar {
    using IssuerTree for mapping(uint256 => uint256);

    /// @dev One slot, its first three fields the lowest bits of a Standing; then what an issuer's leaf is made of but the
    ///      two hashes.
    struct Record {
        address key;
        uint16 roles;
        bool suspended;
        uint16 position;
        uint32 validUntil;
    }

    struct Payouts {
        address current;
        address next;
        uint64 nextAt;
    }

    struct Replacement {
        uint64 epoch;
        uint64 replacedAt;
    }

    /// @inheritdoc IStakeholderRegistry
    uint256 public constant ROOT_GRACE = 1 hours;
    /// @inheritdoc IStakeholderRegistry
    uint256 public immutable ADDITION_DELAY;
    /// @inheritdoc IStakeholderRegistry
    uint256 public immutable PAYOUT_DELAY;

    /// @inheritdoc IStakeholderRegistry
    uint256 public stakeholderCount;
    /// @inheritdoc IStakeholderRegistry
    uint256 public issuerCount;
    /// @inheritdoc IStakeholderRegistry
    uint64 public epoch;
    /// @inheritdoc IStakeholderRegistry
    mapping(bytes32 additionId => uint64) public additionEta;

    uint256 private _root;
    mapping(uint256 root => Replacement) private _replacements;
    mapping(uint256 node => uint256) private _nodes;

    mapping(StakeholderId => Record) private _records;
    mapping(StakeholderId => address) private _proposedKeys;
    mapping(StakeholderId => Payouts) private _payouts;
    mapping(StakeholderId => bytes32) private _licenceHashes;
    mapping(StakeholderId => uint256) private _issuerIds;
    mapping(StakeholderId => uint256) private _statusRoots;
    mapping(uint256 issuerId => bool) private _isTaken;

    constructor(address registrar_, uint256 additionDelay, uint256 payoutDelay) Registrar(registrar_) {
        LocalChain.requireDelay(additionDelay, 48 hours);
        LocalChain.requireDelay(payoutDelay, 7 days);

        ADDITION_DELAY = additionDelay;
        PAYOUT_DELAY = payoutDelay;
        _root = IssuerTree.emptyAt(Parameters.TREE_DEPTH);
    }

    modifier onlyKey(StakeholderId id) {
        if (msg.sender != _records[id].key) revert StakeholderRegistry_NotKey(id, msg.sender);
        _;
    }

    modifier onlyKnown(StakeholderId id) {
        if (_records[id].key == address(0)) revert StakeholderRegistry_Unknown(id);
        _;
    }

    // Additions

    /// @inheritdoc IStakeholderRegistry
    function scheduleAddition(Addition calldata addition) external onlyRegistrar returns (bytes32 additionId) {
        _checkAddition(addition);
        additionId = additionIdOf(addition);
        if (additionEta[additionId] != 0) revert StakeholderRegistry_AlreadyScheduled(additionId);

        uint64 eta = uint64(block.timestamp + ADDITION_DELAY);
        additionEta[additionId] = eta;

        _record(keccak256("stakeholder.scheduled"), additionId, abi.encode(addition, eta));
    }

    /// @inheritdoc IStakeholderRegistry
    function cancelAddition(bytes32 additionId) external onlyRegistrar {
        if (additionEta[additionId] == 0) revert StakeholderRegistry_NotScheduled(additionId);

        delete additionEta[additionId];

        _record(keccak256("stakeholder.cancelled"), additionId, "");
    }

    /// @inheritdoc IStakeholderRegistry
    function executeAddition(Addition calldata addition) external returns (StakeholderId id) {
        bytes32 additionId = additionIdOf(addition);
        uint64 eta = additionEta[additionId];
        if (eta == 0) revert StakeholderRegistry_NotScheduled(additionId);
        if (block.timestamp < eta) revert StakeholderRegistry_TooEarly(additionId, eta);
        // Another addition may have taken the issuer id meanwhile.
        _checkAddition(addition);

        delete additionEta[additionId];
        id = _add(addition);
    }

    /// @inheritdoc IStakeholderRegistry
    function register(Addition calldata addition) external onlyRegistrar returns (StakeholderId id) {
        if (ADDITION_DELAY != 0) revert StakeholderRegistry_Delayed(ADDITION_DELAY);
        _checkAddition(addition);

        id = _add(addition);
    }

    // A stakeholder's own keys and addresses

    /// @inheritdoc IStakeholderRegistry
    function proposeKey(StakeholderId id, address key) external onlyKey(id) {
        _proposedKeys[id] = key;

        _record(keccak256("stakeholder.keyProposed"), _subject(id), abi.encode(key));
    }

    /// @inheritdoc IStakeholderRegistry
    function acceptKey(StakeholderId id) external {
        // The zero address calls nothing, so an empty proposal is accepted by nobody.
        if (msg.sender != _proposedKeys[id]) revert StakeholderRegistry_NotKey(id, msg.sender);

        _records[id].key = msg.sender;
        delete _proposedKeys[id];

        _record(keccak256("stakeholder.keyAccepted"), _subject(id), abi.encode(msg.sender));
    }

    /// @inheritdoc IStakeholderRegistry
    function proposePayout(StakeholderId id, address payout) external onlyKey(id) {
        if (payout == address(0)) revert StakeholderRegistry_IncompleteAddition();

        uint64 eta = uint64(block.timestamp + PAYOUT_DELAY);
        _payouts[id] = Payouts({current: payoutOf(id), next: payout, nextAt: eta});

        _record(keccak256("stakeholder.payoutProposed"), _subject(id), abi.encode(payout, eta));
    }

    /// @inheritdoc IStakeholderRegistry
    function cancelPayout(StakeholderId id) external onlyKey(id) {
        Payouts storage payouts = _payouts[id];
        if (payouts.next == address(0) || block.timestamp >= payouts.nextAt) {
            revert StakeholderRegistry_NoPayoutChange(id);
        }

        payouts.next = address(0);
        payouts.nextAt = 0;

        _record(keccak256("stakeholder.payoutCancelled"), _subject(id), "");
    }

    // Suspension

    /// @inheritdoc IStakeholderRegistry
    function suspend(StakeholderId id) external onlyRegistrar onlyKnown(id) {
        if (_records[id].suspended) revert StakeholderRegistry_Suspended(id);

        _records[id].suspended = true;
        if (_issuerIds[id] != 0) {
            _placeLeaf(id);
            ++epoch;
        }

        _record(keccak256("stakeholder.suspended"), _subject(id), abi.encode(_root, epoch));
    }

    /// @inheritdoc IStakeholderRegistry
    function unsuspend(StakeholderId id) external onlyRegistrar {
        if (!_records[id].suspended) revert StakeholderRegistry_NotSuspended(id);

        _records[id].suspended = false;
        if (_issuerIds[id] != 0) _placeLeaf(id);

        _record(keccak256("stakeholder.unsuspended"), _subject(id), abi.encode(_root, epoch));
    }

    // Issuers

    /// @inheritdoc IStakeholderRegistry
    function extendIssuer(StakeholderId id, uint32 validUntil) external onlyRegistrar {
        if (_issuerIds[id] == 0) revert StakeholderRegistry_NotIssuer(id);
        if (validUntil >> Parameters.DAY_BITS != 0 || validUntil <= _records[id].validUntil) {
            revert StakeholderRegistry_UnusableValidUntil(validUntil);
        }

        _records[id].validUntil = validUntil;
        _placeLeaf(id);

        _record(keccak256("issuer.extended"), _subject(id), abi.encode(_root, epoch, validUntil));
    }

    /// @inheritdoc IStakeholderRegistry
    function removeIssuer(StakeholderId id) external onlyRegistrar {
        if (_issuerIds[id] == 0) revert StakeholderRegistry_NotIssuer(id);

        delete _issuerIds[id];
        _placeLeaf(id);
        ++epoch;

        _record(keccak256("issuer.removed"), _subject(id), abi.encode(_root, epoch));
    }

    /// @inheritdoc IStakeholderRegistry
    function updateStatus(StakeholderId id, uint256 statusRoot, uint16[] calldata positions, uint256[] calldata words)
        external
        onlyKey(id)
    {
        if (_records[id].suspended) revert StakeholderRegistry_Suspended(id);

        _setStatus(id, statusRoot, positions, words);

        _record(
            keccak256("issuer.status"), _subject(id), abi.encode(_root, epoch, statusRoot, positions, words)
        );
    }

    /// @inheritdoc IStakeholderRegistry
    function overruleStatus(
        StakeholderId id,
        uint256 statusRoot,
        uint16[] calldata positions,
        uint256[] calldata words
    ) external onlyRegistrar {
        _setStatus(id, statusRoot, positions, words);
        ++epoch;

        _record(
            keccak256("issuer.statusOverruled"), _subject(id), abi.encode(_root, epoch, statusRoot, positions, words)
        );
    }

    // Views

    /// @inheritdoc IStakeholderRegistry
    function additionIdOf(Addition calldata addition) public pure returns (bytes32) {
        return keccak256(abi.encode(addition));
    }

    /// @inheritdoc IStakeholderRegistry
    function stakeholder(StakeholderId id) external view onlyKnown(id) returns (Stakeholder memory) {
        Record memory record = _records[id];
        Payouts memory payouts = _payouts[id];
        bool changing = block.timestamp < payouts.nextAt;
        return Stakeholder({
            key: record.key,
            roles: record.roles,
            suspended: record.suspended,
            proposedKey: _proposedKeys[id],
            payout: payoutOf(id),
            nextPayout: changing ? payouts.next : address(0),
            nextPayoutAt: changing ? payouts.nextAt : 0,
            licenceHash: _licenceHashes[id],
            issuerId: _issuerIds[id],
            position: record.position,
            validUntil: record.validUntil,
            statusRoot: _statusRoots[id]
        });
    }

    /// @inheritdoc IStakeholderRegistry
    function keyOf(StakeholderId id) external view returns (address) {
        return _records[id].key;
    }

    /// @inheritdoc IStakeholderRegistry
    function payoutOf(StakeholderId id) public view returns (address) {
        Payouts memory payouts = _payouts[id];
        return payouts.next != address(0) && block.timestamp >= payouts.nextAt ? payouts.next : payouts.current;
    }

    /// @inheritdoc IStakeholderRegistry
    function rolesOf(StakeholderId id) external view returns (uint16) {
        return _records[id].roles;
    }

    /// @inheritdoc IStakeholderRegistry
    function isSuspended(StakeholderId id) external view returns (bool) {
        return _records[id].suspended;
    }

    /// @inheritdoc IStakeholderRegistry
    function standing(StakeholderId id) public view returns (Standing result) {
        Record storage record = _records[id];
        assembly ("memory-safe") {
            // The slot as it lies: key 160, roles 16, suspended 8, and what only this contract needs above.
            result := and(sload(record.slot), sub(shl(184, 1), 1))
        }
    }

    /// @inheritdoc IStakeholderRegistry
    function standingAndRoot(StakeholderId id, IssuersRoot root) external view returns (Standing result) {
        result = standing(id);
        if (isValidRoot(root)) result = Standing.wrap(Standing.unwrap(result) | (1 << 184));
    }

    /// @inheritdoc IStakeholderRegistry
    function currentRoot() external view returns (IssuersRoot) {
        return IssuersRoot.wrap(_root);
    }

    /// @inheritdoc IStakeholderRegistry
    function isValidRoot(IssuersRoot root) public view returns (bool) {
        uint256 unwrapped = IssuersRoot.unwrap(root);
        if (unwrapped == 0) return false;
        if (unwrapped == _root) return true;
        Replacement memory replaced = _replacements[unwrapped];
        return replaced.replacedAt != 0 && replaced.epoch == epoch && block.timestamp < replaced.replacedAt + ROOT_GRACE;
    }

    /// @inheritdoc IStakeholderRegistry
    function rootState(IssuersRoot root)
        external
        view
        returns (bool valid, bool current, uint64 epoch_, uint64 replacedAt)
    {
        Replacement memory replaced = _replacements[IssuersRoot.unwrap(root)];
        return (isValidRoot(root), IssuersRoot.unwrap(root) == _root, replaced.epoch, replaced.replacedAt);
    }

    /// @inheritdoc IStakeholderRegistry
    function nodeAt(uint256 level, uint256 index) external view returns (uint256) {
        return _nodes.nodeAt(level, index);
    }

    // Inner workings

    function _checkAddition(Addition calldata addition) private view {
        if (addition.key == address(0) || addition.payout == address(0) || addition.roles == 0) {
            revert StakeholderRegistry_IncompleteAddition();
        }
        if (addition.issuerId == 0) {
            if (addition.validUntil != 0) revert StakeholderRegistry_UnusableValidUntil(addition.validUntil);
            if (addition.statusRoot != 0) revert StakeholderRegistry_UnusableStatusRoot(addition.statusRoot);
            return;
        }
        if (addition.issuerId >= Parameters.FIELD_ORDER || _isTaken[addition.issuerId]) {
            revert StakeholderRegistry_UnusableIssuerId(addition.issuerId);
        }
        if (addition.validUntil >> Parameters.DAY_BITS != 0) {
            revert StakeholderRegistry_UnusableValidUntil(addition.validUntil);
        }
        _checkStatusRoot(addition.statusRoot);
        if (issuerCount >= Parameters.TREE_ARITY ** Parameters.TREE_DEPTH) revert StakeholderRegistry_TreeFull();
    }

    function _checkStatusRoot(uint256 statusRoot) private pure {
        if (statusRoot == 0 || statusRoot >= Parameters.FIELD_ORDER) {
            revert StakeholderRegistry_UnusableStatusRoot(statusRoot);
        }
    }

    function _add(Addition calldata addition) private returns (StakeholderId id) {
        id = StakeholderId.wrap(++stakeholderCount);
        Record storage record = _records[id];
        (record.key, record.roles) = (addition.key, addition.roles);
        _payouts[id].current = addition.payout;
        _licenceHashes[id] = addition.licenceHash;
        if (addition.issuerId != 0) {
            (record.position, record.validUntil) = (uint16(issuerCount++), addition.validUntil);
            _issuerIds[id] = addition.issuerId;
            _statusRoots[id] = addition.statusRoot;
            _isTaken[addition.issuerId] = true;
            _placeLeaf(id);
        }

        _record(keccak256("stakeholder.added"), _subject(id), abi.encode(addition, uint256(record.position)));
    }

    function _setStatus(
        StakeholderId id,
        uint256 statusRoot,
        uint16[] calldata positions,
        uint256[] calldata words
    ) private {
        if (_issuerIds[id] == 0) revert StakeholderRegistry_NotIssuer(id);
        _checkStatusRoot(statusRoot);
        if (positions.length != words.length) revert StakeholderRegistry_WordCount(positions.length, words.length);
        for (uint256 i; i < words.length; ++i) {
            if (
                words[i] >> Parameters.STATUS_WORD_BITS != 0
                    || positions[i] >= Parameters.TREE_ARITY ** Parameters.TREE_DEPTH
            ) revert StakeholderRegistry_UnusableWord(positions[i], words[i]);
        }

        _statusRoots[id] = statusRoot;
        _placeLeaf(id);
    }

    /// @dev Writes the leaf that the stakeholder's present state gives, and remembers the root it replaces under the
    ///      epoch before any move of it.
    function _placeLeaf(StakeholderId id) private {
        uint256 before = _root;
        uint256 root = _nodes.update(_records[id].position, _leafOf(id));
        if (root == before) return;
        _replacements[before] = Replacement({epoch: epoch, replacedAt: uint64(block.timestamp)});
        _root = root;
    }

    function _leafOf(StakeholderId id) private view returns (uint256 leaf) {
        Record memory record = _records[id];
        if (record.suspended || _issuerIds[id] == 0) return 0;
        leaf = PoseidonT5.hash(
            [
                Parameters.TAG_ISSUER_LEAF,
                _issuerIds[id],
                (uint256(record.roles) << Parameters.DAY_BITS) + record.validUntil,
                _statusRoots[id]
            ]
        );
        if (leaf == 0) revert StakeholderRegistry_EmptyLeaf(id);
    }

    function _subject(StakeholderId id) private pure returns (bytes32) {
        return bytes32(StakeholderId.unwrap(id));
    }
}
