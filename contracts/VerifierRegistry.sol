// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Registrar} from "./Registrar.sol";
import {Parameters} from "./generated/Parameters.sol";
import {IVerifier} from "./interfaces/IVerifier.sol";
import {IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";
import {LocalChain} from "./libraries/LocalChain.sol";
import {Proof} from "./types/Proof.sol";

/// @title VerifierRegistry
contract VerifierRegistry is IVerifierRegistry, Registrar {
    /// @dev What groth16 on chain is built for (DESIGN.md, section 5).
    uint256 private constant MAXIMUM_SIGNALS = 5;
    /// @dev Bounds the loop of a killing.
    uint256 private constant MAXIMUM_ENTRIES_PER_KEY = 8;

    /// @inheritdoc IVerifierRegistry
    uint256 public immutable ACTIVATION_DELAY;

    /// @inheritdoc IVerifierRegistry
    mapping(address => bool) public isAttester;
    /// @inheritdoc IVerifierRegistry
    mapping(bytes32 entryId => mapping(address attester => bool)) public hasAttested;
    /// @inheritdoc IVerifierRegistry
    mapping(bytes32 keyHash => bool) public isKilled;

    /// @dev The first five fields share one slot, the only one that a consumer reads.
    mapping(bytes32 entryId => Entry) private _entries;
    mapping(bytes32 kind => uint32 version) private _latest;
    mapping(bytes32 keyHash => bytes32[] entryIds) private _entryIdsOfKey;

    constructor(address registrar_, address[] memory attesters, uint256 activationDelay) Registrar(registrar_) {
        LocalChain.requireDelay(activationDelay, 7 days);
        if (attesters.length < 2) revert VerifierRegistry_UnfitAttesters();
        ACTIVATION_DELAY = activationDelay;
        for (uint256 i; i < attesters.length; ++i) {
            if (attesters[i] == address(0) || attesters[i] == registrar_ || isAttester[attesters[i]]) {
                revert VerifierRegistry_UnfitAttesters();
            }
            isAttester[attesters[i]] = true;
            _record(keccak256("attester.named"), bytes32(uint256(uint160(attesters[i]))), "");
        }
    }

    /// @inheritdoc IVerifierRegistry
    function register(bytes32 kind, uint32 version, address verifier) external onlyRegistrar {
        bytes32 id = entryIdOf(kind, version);
        if (_entries[id].state != VerifierState.NONE) revert VerifierRegistry_AlreadyRegistered(kind, version);
        (VerifierClass class, bytes32 keyHash) = _inspect(kind, verifier);
        if (_entryIdsOfKey[keyHash].length == MAXIMUM_ENTRIES_PER_KEY) revert VerifierRegistry_TooManyEntries(keyHash);

        bool development = class == VerifierClass.DEVELOPMENT;
        uint64 activeFrom = uint64(block.timestamp + (development ? 0 : ACTIVATION_DELAY));
        _entries[id] = Entry({
            verifier: verifier,
            state: development ? VerifierState.ACTIVE : VerifierState.PENDING,
            class: class,
            attestations: 0,
            changesAt: activeFrom,
            codeHash: verifier.codehash,
            keyHash: keyHash
        });
        _entryIdsOfKey[keyHash].push(id);
        if (development) _latest[kind] = version;

        _record(
            keccak256("verifier.registered"),
            id,
            abi.encode(kind, version, verifier, verifier.codehash, keyHash, class, activeFrom)
        );
    }

    /// @inheritdoc IVerifierRegistry
    function attest(bytes32 kind, uint32 version, bytes32 codeHash, bytes32 keyHash) external {
        if (!isAttester[msg.sender]) revert VerifierRegistry_NotAttester(msg.sender);
        bytes32 id = entryIdOf(kind, version);
        Entry storage entry_ = _entries[id];
        if (entry_.state != VerifierState.PENDING) revert VerifierRegistry_WrongState(kind, version, _stateOf(entry_));
        if (codeHash != entry_.codeHash || keyHash != entry_.keyHash) {
            revert VerifierRegistry_AttestationMismatch(entry_.codeHash, entry_.keyHash);
        }
        if (hasAttested[id][msg.sender]) revert VerifierRegistry_AlreadyAttested(kind, version, msg.sender);

        hasAttested[id][msg.sender] = true;
        uint8 attestations = ++entry_.attestations;

        _record(keccak256("verifier.attested"), id, abi.encode(msg.sender, attestations));
    }

    /// @inheritdoc IVerifierRegistry
    function activate(bytes32 kind, uint32 version) external {
        bytes32 id = entryIdOf(kind, version);
        Entry storage entry_ = _entries[id];
        if (entry_.state != VerifierState.PENDING) revert VerifierRegistry_WrongState(kind, version, _stateOf(entry_));
        if (entry_.attestations < 2) revert VerifierRegistry_TooFewAttestations(entry_.attestations);
        if (block.timestamp < entry_.changesAt) revert VerifierRegistry_TooEarly(entry_.changesAt);

        entry_.state = VerifierState.ACTIVE;
        entry_.changesAt = 0;
        _latest[kind] = version;

        _record(keccak256("verifier.activated"), id, "");
    }

    /// @inheritdoc IVerifierRegistry
    function retire(bytes32 kind, uint32 version, uint64 retiresAt) external onlyRegistrar {
        bytes32 id = entryIdOf(kind, version);
        Entry storage entry_ = _entries[id];
        if (entry_.state != VerifierState.ACTIVE) revert VerifierRegistry_WrongState(kind, version, _stateOf(entry_));
        if (retiresAt <= block.timestamp) revert VerifierRegistry_RetirementPast(retiresAt);

        entry_.state = VerifierState.RETIRING;
        entry_.changesAt = retiresAt;

        _record(keccak256("verifier.retired"), id, abi.encode(retiresAt));
    }

    /// @inheritdoc IVerifierRegistry
    function kill(bytes32 kind, uint32 version, Proof calldata proof, uint256[] calldata signals) external {
        IVerifier verifier = _killable(kind, version);
        uint256 position = verifier.rootPosition();
        if (position >= signals.length || signals[position] != Parameters.CANARY) revert VerifierRegistry_NoCanary();
        if (!verifier.verifyProof(proof, signals)) revert VerifierRegistry_CanaryRefused();

        _kill(kind, version);
    }

    /// @inheritdoc IVerifierRegistry
    function killByBatch(
        bytes32 kind,
        uint32 version,
        Proof[] calldata proofs,
        uint256[] calldata signals,
        uint256 index
    ) external {
        IVerifier verifier = _killable(kind, version);
        uint256 position = verifier.rootPosition();
        uint256 count = verifier.signalCount();
        if (position >= count || index >= proofs.length || signals.length != proofs.length * count) {
            revert VerifierRegistry_NoCanary();
        }
        if (signals[index * count + position] != Parameters.CANARY) revert VerifierRegistry_NoCanary();
        if (!verifier.verifyBatch(proofs, signals)) revert VerifierRegistry_CanaryRefused();

        _kill(kind, version);
    }

    /// @inheritdoc IVerifierRegistry
    function entryIdOf(bytes32 kind, uint32 version) public pure returns (bytes32 entryId) {
        // keccak256(abi.encode(kind, version)), in the scratch space.
        assembly ("memory-safe") {
            mstore(0x00, kind)
            mstore(0x20, version)
            entryId := keccak256(0x00, 0x40)
        }
    }

    /// @inheritdoc IVerifierRegistry
    function entry(bytes32 kind, uint32 version) external view returns (Entry memory result) {
        Entry storage entry_ = _entries[entryIdOf(kind, version)];
        result = entry_;
        result.state = _stateOf(entry_);
    }

    /// @inheritdoc IVerifierRegistry
    function verifierOf(bytes32 kind, uint32 version) public view returns (address) {
        Entry storage entry_ = _entries[entryIdOf(kind, version)];
        uint256 slot;
        assembly ("memory-safe") {
            slot := sload(entry_.slot)
        }
        // verifier 160, state 8, class 8, attestations 8, changesAt 64, from the lowest bit up: read once.
        uint256 state = uint8(slot >> 160);
        bool usable = state == uint256(VerifierState.ACTIVE)
            || (state == uint256(VerifierState.RETIRING) && block.timestamp < uint64(slot >> 184));
        if (!usable) revert VerifierRegistry_NotUsable(kind, version, _stateOf(entry_));
        return address(uint160(slot));
    }

    /// @inheritdoc IVerifierRegistry
    function active(bytes32 kind) external view returns (address verifier, uint32 version) {
        version = _latest[kind];
        verifier = verifierOf(kind, version);
    }

    function _stateOf(Entry storage entry_) private view returns (VerifierState state) {
        state = entry_.state;
        if (state == VerifierState.RETIRING && block.timestamp >= entry_.changesAt) return VerifierState.RETIRED;
    }

    function _inspect(bytes32 kind, address verifier) private view returns (VerifierClass class, bytes32 keyHash) {
        if (verifier.code.length == 0) revert VerifierRegistry_NoVerifier(verifier);
        IVerifier candidate = IVerifier(verifier);
        if (candidate.kind() != kind) revert VerifierRegistry_KindMismatch(kind, candidate.kind());
        (uint256 count, uint256 position) = (candidate.signalCount(), candidate.rootPosition());
        if (count == 0 || count > MAXIMUM_SIGNALS || (position >= count && position != type(uint256).max)) {
            revert VerifierRegistry_UnfitSignals(count, position);
        }
        keyHash = candidate.keyHash();
        if (isKilled[keyHash]) revert VerifierRegistry_KilledKey(keyHash);
        if (!candidate.isDevelopment()) return (VerifierClass.PRODUCTION, keyHash);
        if (block.chainid != LocalChain.ID) revert VerifierRegistry_DevelopmentVerifier(verifier);
    }

    function _killable(bytes32 kind, uint32 version) private view returns (IVerifier) {
        Entry storage entry_ = _entries[entryIdOf(kind, version)];
        if (entry_.state == VerifierState.NONE || entry_.state == VerifierState.KILLED) {
            revert VerifierRegistry_WrongState(kind, version, entry_.state);
        }
        return IVerifier(entry_.verifier);
    }

    /// @dev Entries copy the state, so that a consumer reads one slot and not the key's as well.
    function _kill(bytes32 kind, uint32 version) private {
        bytes32 keyHash = _entries[entryIdOf(kind, version)].keyHash;
        bytes32[] storage ids = _entryIdsOfKey[keyHash];

        isKilled[keyHash] = true;
        for (uint256 i; i < ids.length; ++i) {
            _entries[ids[i]].state = VerifierState.KILLED;

            _record(keccak256("verifier.killed"), ids[i], abi.encode(keyHash, msg.sender));
        }
    }
}
