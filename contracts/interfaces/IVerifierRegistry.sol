// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IRegistrar} from "./IRegistrar.sol";
import {Proof} from "../types/Proof.sol";

/// @title Which code checks which kind of proof
/// @notice A verifier is (kind, version): kind is the circuit's name in ASCII, left-aligned ("eligibility-s"). A pair is
///         given once. Development verifiers, whose keys anybody can make proofs with, are admitted on local chains
///         only and are active at once. Production verifiers need two attestations, by attesters named at deployment
///         so that the registrar cannot appoint its own, and the activation delay.
///
///         PENDING -> ACTIVE -> RETIRING(date) -> RETIRED; from each of them KILLED, at once and for good.
///
///         Whoever shows a verifier accepting signals whose issuersRoot is the canary, a root that no issuer tree can
///         have, has shown that it accepts anything, and kills it: its key hash is dead under every kind and version.
///
///         Audit entries, subject = entryId(kind, version):
///         - "verifier.registered" (bytes32 kind, uint32 version, address verifier, bytes32 codeHash, bytes32 keyHash,
///                                  VerifierClass class, uint64 activeFrom)
///         - "verifier.attested"   (address attester, uint8 attestations)
///         - "verifier.activated"  ()
///         - "verifier.retired"    (uint64 retiresAt)
///         - "verifier.killed"     (bytes32 keyHash, address killer)
///         - "attester.named"      (), subject = attester, at deployment
interface IVerifierRegistry is IRegistrar {
    enum VerifierState {
        NONE,
        PENDING,
        ACTIVE,
        RETIRING,
        RETIRED,
        KILLED
    }

    enum VerifierClass {
        DEVELOPMENT,
        PRODUCTION
    }

    struct Entry {
        address verifier;
        VerifierState state;
        VerifierClass class;
        uint8 attestations;
        uint64 changesAt; // PENDING: activation possible from; RETIRING: retired from; Unix seconds
        bytes32 codeHash;
        bytes32 keyHash;
    }

    /// @notice Thrown when fewer than two distinct attesters are named, or one of them is nobody or the registrar.
    error VerifierRegistry_UnfitAttesters();
    /// @notice Thrown when there is no code at the address, or no verifier that answers.
    error VerifierRegistry_NoVerifier(address verifier);
    /// @notice Thrown when the verifier is of another kind than the one it is to be registered as.
    error VerifierRegistry_KindMismatch(bytes32 expected, bytes32 actual);
    /// @notice Thrown when a verifier's count of signals, or the position of its root, cannot be.
    error VerifierRegistry_UnfitSignals(uint256 signalCount, uint256 rootPosition);
    /// @notice Thrown when the pair was given before.
    error VerifierRegistry_AlreadyRegistered(bytes32 kind, uint32 version);
    /// @notice Thrown when a development verifier is to be registered off local chains.
    error VerifierRegistry_DevelopmentVerifier(address verifier);
    /// @notice Thrown when the key has been shown to accept anything.
    error VerifierRegistry_KilledKey(bytes32 keyHash);
    /// @notice Thrown when a key hash is registered under too many pairs to kill them all in one call.
    error VerifierRegistry_TooManyEntries(bytes32 keyHash);
    /// @notice Thrown when the caller is no attester.
    error VerifierRegistry_NotAttester(address caller);
    /// @notice Thrown when the attester has attested before.
    error VerifierRegistry_AlreadyAttested(bytes32 kind, uint32 version, address attester);
    /// @notice Thrown when an attestation names another code or key than the registered one.
    error VerifierRegistry_AttestationMismatch(bytes32 codeHash, bytes32 keyHash);
    /// @notice Thrown when a verifier is activated with fewer than two attestations.
    error VerifierRegistry_TooFewAttestations(uint8 attestations);
    /// @notice Thrown when a verifier is activated before its delay has passed.
    error VerifierRegistry_TooEarly(uint64 activeFrom);
    /// @notice Thrown when what is asked for is not possible in the verifier's state.
    error VerifierRegistry_WrongState(bytes32 kind, uint32 version, VerifierState state);
    /// @notice Thrown when a retirement is not in the future.
    error VerifierRegistry_RetirementPast(uint64 retiresAt);
    /// @notice Thrown when the verifier may not be used: never registered, pending, retired or killed.
    error VerifierRegistry_NotUsable(bytes32 kind, uint32 version, VerifierState state);
    /// @notice Thrown when the signals shown do not carry the canary where the root is.
    error VerifierRegistry_NoCanary();
    /// @notice Thrown when the verifier refuses what was shown.
    error VerifierRegistry_CanaryRefused();

    /// @notice Registers a verifier under a pair never used; its class is what the verifier says. Registrar only.
    function register(bytes32 kind, uint32 version, address verifier) external;

    /// @notice Vouches for a pending verifier's code and key. Attesters only.
    function attest(bytes32 kind, uint32 version, bytes32 codeHash, bytes32 keyHash) external;

    /// @notice Makes a pending verifier active once it has its attestations and its delay has passed. Open to anyone.
    function activate(bytes32 kind, uint32 version) external;

    /// @notice Lets an active verifier be used only strictly before a date in Unix seconds. Registrar only.
    function retire(bytes32 kind, uint32 version, uint64 retiresAt) external;

    /// @notice Kills a verifier by a proof that it accepts for the canary root. Open to anyone.
    function kill(bytes32 kind, uint32 version, Proof calldata proof, uint256[] calldata signals) external;

    /// @notice The same by a batch that it accepts with the canary as the root of at least proof `index`.
    function killByBatch(
        bytes32 kind,
        uint32 version,
        Proof[] calldata proofs,
        uint256[] calldata signals,
        uint256 index
    ) external;

    /// @notice Seconds between the registration and the activation of a production verifier.
    function ACTIVATION_DELAY() external view returns (uint256);

    function isAttester(address account) external view returns (bool);

    function hasAttested(bytes32 entryId, address attester) external view returns (bool);

    function isKilled(bytes32 keyHash) external view returns (bool);

    function entryIdOf(bytes32 kind, uint32 version) external pure returns (bytes32);

    /// @notice All about a pair; the state as of now, so RETIRED where the date has passed.
    function entry(bytes32 kind, uint32 version) external view returns (Entry memory);

    /// @notice The verifier of a pair, while it is ACTIVE or RETIRING before its date; reverts otherwise.
    function verifierOf(bytes32 kind, uint32 version) external view returns (address);

    /// @notice The latest activated verifier of a kind; reverts where that one may not be used.
    function active(bytes32 kind) external view returns (address verifier, uint32 version);
}
