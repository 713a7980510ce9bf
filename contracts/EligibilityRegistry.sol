// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AuditTrail} from "./AuditTrail.sol";
import {Parameters} from "./generated/Parameters.sol";
import {EligibilitySignals} from "./generated/Signals.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {IEligibilityRegistry} from "./interfaces/IEligibilityRegistry.sol";
import {INullifierStore} from "./interfaces/INullifierStore.sol";
import {IPolicyRegistry} from "./interfaces/IPolicyRegistry.sol";
import {IStakeholderRegistry} from "./interfaces/IStakeholderRegistry.sol";
import {IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";
import {Ask} from "./libraries/Ask.sol";
import {ConsentLib} from "./libraries/ConsentLib.sol";
import {EligibilityLib, Receipt} from "./libraries/EligibilityLib.sol";
import {Eip712} from "./libraries/Eip712.sol";
import {RequestLib} from "./libraries/RequestLib.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {VerifierCall} from "./libraries/VerifierCall.sol";
import {ConsentId} from "./types/ConsentId.sol";
import {ConsentTerms} from "./types/ConsentTerms.sol";
import {IssuersRoot} from "./types/IssuersRoot.sol";
import {Nullifier} from "./types/Nullifier.sol";
import {PolicyHash} from "./types/PolicyHash.sol";
import {PolicyId} from "./types/PolicyId.sol";
import {Request} from "./types/Request.sol";
import {RequestId} from "./types/RequestId.sol";
import {StakeholderId} from "./types/StakeholderId.sol";
import {Standing} from "./types/Standing.sol";
import {Submission} from "./types/Submission.sol";

/// @title EligibilityRegistry
contract EligibilityRegistry is IEligibilityRegistry, AuditTrail {
    using RequestLib for Request;
    using ConsentLib for ConsentTerms;
    using VerifierCall for VerifierCall.Batch;

    /// @dev What the submissions of a batch have in common more often than not, and nothing in the call can change: the
    ///      request that was taken last, the recipient and root that were asked about last, and the last day.
    struct Seen {
        RequestId signedId;
        StakeholderId recipientId;
        IssuersRoot issuersRoot;
        Standing standing;
        uint256 day;
        uint256 date; // EligibilityLib.dateOf the day
    }

    bytes32 private constant NULLIFIER_KIND = "eligibility";

    IStakeholderRegistry public immutable STAKEHOLDERS;
    IVerifierRegistry public immutable VERIFIERS;
    IPolicyRegistry public immutable POLICIES;
    INullifierStore public immutable NULLIFIERS;
    IConsentRegistry public immutable CONSENTS;

    // Domains as of deployment; computed anew where a fork has changed the chain's id.
    uint256 private immutable CHAIN_ID = block.chainid;
    bytes32 private immutable REQUEST_DOMAIN = Eip712.domainSeparator(address(this));
    bytes32 private immutable CONSENT_DOMAIN;

    constructor(
        IStakeholderRegistry stakeholders,
        IVerifierRegistry verifiers,
        IPolicyRegistry policies,
        INullifierStore nullifiers,
        IConsentRegistry consents
    ) {
        STAKEHOLDERS = stakeholders;
        VERIFIERS = verifiers;
        POLICIES = policies;
        NULLIFIERS = nullifiers;
        CONSENTS = consents;
        CONSENT_DOMAIN = Eip712.domainSeparator(address(consents));
    }

    /// @inheritdoc IEligibilityRegistry
    function verify(Submission calldata submission) external {
        address verifier = _verifierOf(submission.kind, submission.verifierVersion);
        Request calldata request = submission.request;
        Standing standing = _standing(request.recipientId, submission.issuersRoot);
        uint256 date = EligibilityLib.dateOf(submission.day);
        EligibilitySignals memory signals;
        (bytes memory refusal,, uint256 head) =
            _take(submission, request, standing, RequestId.wrap(0), date, signals, auditHead());
        if (refusal.length != 0) _revertWith(refusal);
        if (!VerifierCall.accepts(verifier, submission.proof, signals)) revert EligibilityRegistry_InvalidProof();

        _setAuditHead(head);
    }

    /// @inheritdoc IEligibilityRegistry
    function verifyBatch(Submission[] calldata submissions) external {
        if (submissions.length == 0) return;
        bytes32 kind = submissions[0].kind;
        uint32 version = submissions[0].verifierVersion;
        address verifier = _verifierOf(kind, version);
        VerifierCall.Batch memory batch = VerifierCall.open(submissions.length);
        EligibilitySignals memory signals;
        Seen memory seen;
        uint256 head = auditHead();
        for (uint256 i; i < submissions.length; ++i) {
            uint256 free = _freeMemory();
            Submission calldata submission = submissions[i];
            if (submission.kind != kind || submission.verifierVersion != version) {
                revert EligibilityRegistry_MixedBatch(i);
            }
            head = _takeOrSkip(i, submission, seen, signals, head, batch);
            // Nothing of this submission is needed any more: what it has for the verifier is in the batch.
            _freeMemoryFrom(free);
        }
        if (batch.count == 0) return;
        if (!VerifierCall.accepts(verifier, batch)) revert EligibilityRegistry_InvalidProof();

        _setAuditHead(head);
    }

    /// @inheritdoc IEligibilityRegistry
    function isMet(Request calldata request, Nullifier nullifier) external view returns (bool) {
        RequestId id = requestId(request);
        uint256 scope = EligibilityLib.scopeOf(request.recipientId, request.program, id);
        for (uint256 part; part < request.policyHashes.length; ++part) {
            bytes32 mark = NULLIFIERS.markOf(NULLIFIER_KIND, EligibilityLib.spentKeyOf(scope, part, nullifier));
            if (mark != RequestId.unwrap(id)) return false;
        }
        return request.policyHashes.length != 0;
    }

    /// @inheritdoc IEligibilityRegistry
    function requestId(Request calldata request) public view returns (RequestId) {
        return request.idOf(request.policyHashes, domainSeparator());
    }

    /// @inheritdoc IEligibilityRegistry
    function scopeOf(Request calldata request) external view returns (uint160) {
        return uint160(EligibilityLib.scopeOf(request.recipientId, request.program, requestId(request)));
    }

    /// @inheritdoc IEligibilityRegistry
    function consentId(Request calldata request, ConsentTerms calldata terms) external view returns (ConsentId) {
        return _consentId(terms, requestId(request), request.recipientId);
    }

    /// @inheritdoc IEligibilityRegistry
    function signalsOf(Submission calldata submission) external view returns (EligibilitySignals memory signals) {
        Request calldata request = submission.request;
        RequestId id = requestId(request);
        // Read for its check alone: contextOf trusts its callers that it fits 32 bits.
        submission.verifierVersion;
        Receipt memory receipt;
        receipt.consentId = _consentId(submission.consent, id, request.recipientId);
        receipt.policyHash = request.policyHashes[submission.part];
        uint256 scope = EligibilityLib.scopeOf(request.recipientId, request.program, id);
        _writeSignals(submission, receipt, id, scope, EligibilityLib.dateOf(submission.day), signals);
    }

    /// @inheritdoc IEligibilityRegistry
    function domainSeparator() public view returns (bytes32) {
        return block.chainid == CHAIN_ID ? REQUEST_DOMAIN : Eip712.domainSeparator(address(this));
    }

    function _verifierOf(bytes32 kind, uint32 version) private view returns (address) {
        if (kind != "eligibility-s" && kind != "eligibility-m" && kind != "eligibility-l") {
            revert EligibilityRegistry_UnknownKind(kind);
        }
        uint256 verifier =
            Ask.word(address(VERIFIERS), IVerifierRegistry.verifierOf.selector, uint256(kind), version);
        return address(uint160(verifier));
    }

    /// @dev One submission of a batch; answers with the head after it.
    function _takeOrSkip(
        uint256 index,
        Submission calldata submission,
        Seen memory seen,
        EligibilitySignals memory signals,
        uint256 head,
        VerifierCall.Batch memory batch
    ) private returns (uint256 next) {
        Request calldata request = submission.request;
        (StakeholderId recipientId, IssuersRoot root) = (request.recipientId, submission.issuersRoot);
        if (
            StakeholderId.unwrap(recipientId) != StakeholderId.unwrap(seen.recipientId)
                || IssuersRoot.unwrap(root) != IssuersRoot.unwrap(seen.issuersRoot)
        ) (seen.recipientId, seen.issuersRoot, seen.standing) = (recipientId, root, _standing(recipientId, root));
        // Before the first, day 0 seems seen and has no date; _checkForm refuses it.
        if (submission.day != seen.day) (seen.day, seen.date) = (submission.day, EligibilityLib.dateOf(submission.day));
        bytes memory refusal;
        RequestId id;
        (refusal, id, next) = _take(submission, request, seen.standing, seen.signedId, seen.date, signals, head);
        if (refusal.length != 0) {
            emit SubmissionSkipped(index, submission.nullifier, refusal);
        } else {
            batch.add(submission.proof, signals);
            seen.signedId = id;
        }
    }

    /// @dev Checks a submission, spends its nullifier and leaves its receipt, all before its proof is asked about: should
    ///      that be refused, nothing of it stands. Answers with the error that refuses the submission, or with none; and
    ///      with the signals to ask about and the head after it.
    /// @param standing How the recipient and the root stand now.
    /// @param signedId A request that is known to be signed by this recipient, or 0.
    /// @param date EligibilityLib.dateOf the submission's day.
    function _take(
        Submission calldata submission,
        Request calldata request,
        Standing standing,
        RequestId signedId,
        uint256 date,
        EligibilitySignals memory signals,
        uint256 head
    ) private returns (bytes memory refusal, RequestId id, uint256 next) {
        bytes memory details = _openDetails();
        // What is 0 is found by the checks.
        Receipt memory receipt = Receipt({
            recipientId: request.recipientId,
            program: request.program,
            consentId: ConsentId.wrap(0),
            policyHash: PolicyHash.wrap(0)
        });
        _closeDetails(submission);
        (refusal, id) = _check(receipt, submission, request, standing, signedId);
        if (refusal.length != 0) return (refusal, id, head);
        uint256 scope = EligibilityLib.scopeOf(receipt.recipientId, receipt.program, id);

        refusal = _spend(submission, id, scope);
        if (refusal.length != 0) return (refusal, id, head);

        _writeSignals(submission, receipt, id, scope, date, signals);
        next = _append(head, keccak256("eligibility.verified"), RequestId.unwrap(id), details);
    }

    function _check(
        Receipt memory receipt,
        Submission calldata submission,
        Request calldata request,
        Standing standing,
        RequestId signedId
    ) private view returns (bytes memory refusal, RequestId id) {
        PolicyHash[] calldata policyHashes = request.policyHashes;
        refusal = _checkForm(submission, request.expiresAt, policyHashes.length);
        if (refusal.length != 0) return (refusal, id);
        id = request.idOf(policyHashes, domainSeparator());
        refusal = _checkRecipient(submission, request, id, standing, signedId);
        if (refusal.length != 0) return (refusal, id);
        // In range: _checkForm.
        receipt.policyHash = _at(policyHashes, submission.part);
        if (PolicyId.unwrap(receipt.program) != 0) {
            refusal = _checkProgram(receipt, policyHashes.length);
            if (refusal.length != 0) return (refusal, id);
        }
        address patientKey = submission.consent.patientKey;
        if (patientKey != address(0)) refusal = _checkConsent(receipt, submission, id, patientKey);
        else if (request.consentRequired) refusal = _refuse(EligibilityRegistry_ConsentRequired.selector);
    }

    function _checkForm(Submission calldata submission, uint256 expiresAt, uint256 parts)
        private
        view
        returns (bytes memory refusal)
    {
        if (block.timestamp >= expiresAt) {
            return abi.encodeWithSelector(EligibilityRegistry_RequestExpired.selector, expiresAt);
        }
        if (block.timestamp > submission.deadline) {
            return abi.encodeWithSelector(EligibilityRegistry_DeadlinePassed.selector, submission.deadline);
        }
        uint256 day = submission.day;
        unchecked {
            // day + 1 wraps only for a day that the first comparison refuses.
            uint256 today = block.timestamp / 1 days;
            if (day > today + 1 || day + 1 < today) {
                return abi.encodeWithSelector(EligibilityRegistry_WrongDay.selector, day, today);
            }
        }
        if (submission.part >= parts) {
            return abi.encodeWithSelector(EligibilityRegistry_NoSuchPart.selector, submission.part, parts);
        }
        if (Nullifier.unwrap(submission.nullifier) == 0) {
            return _refuse(EligibilityRegistry_NoNullifier.selector);
        }
    }

    function _checkRecipient(
        Submission calldata submission,
        Request calldata request,
        RequestId id,
        Standing standing,
        RequestId signedId
    ) private view returns (bytes memory refusal) {
        StakeholderId recipientId = request.recipientId;
        address key = standing.key();
        if (key == address(0)) {
            return abi.encodeWithSelector(EligibilityRegistry_UnknownRecipient.selector, recipientId);
        }
        if (standing.suspended()) {
            return abi.encodeWithSelector(EligibilityRegistry_RecipientSuspended.selector, recipientId);
        }
        bytes32 purpose = request.purpose;
        if (standing.roles() & Parameters.rolesFor(purpose) == 0) {
            return abi.encodeWithSelector(
                EligibilityRegistry_PurposeNotAllowed.selector, purpose, standing.roles()
            );
        }
        if (!standing.rootValid()) {
            return abi.encodeWithSelector(EligibilityRegistry_UnknownRoot.selector, submission.issuersRoot);
        }
        // The id covers all that is signed.
        if (RequestId.unwrap(id) == RequestId.unwrap(signedId)) return refusal;
        if (!Signatures.isValid(key, RequestId.unwrap(id), submission.requestSignature)) {
            return abi.encodeWithSelector(
                EligibilityRegistry_InvalidRequestSignature.selector, recipientId, key
            );
        }
    }

    function _standing(StakeholderId recipientId, IssuersRoot root) private view returns (Standing) {
        return Standing.wrap(
            Ask.word(
                address(STAKEHOLDERS),
                IStakeholderRegistry.standingAndRoot.selector,
                StakeholderId.unwrap(recipientId),
                IssuersRoot.unwrap(root)
            )
        );
    }

    function _checkProgram(Receipt memory receipt, uint256 parts) private view returns (bytes memory refusal) {
        (StakeholderId publisherId, PolicyHash policyHash, bool oncePerPerson) = POLICIES.program(receipt.program);
        if (
            !oncePerPerson || StakeholderId.unwrap(publisherId) != StakeholderId.unwrap(receipt.recipientId)
                || parts != 1 || PolicyHash.unwrap(receipt.policyHash) != PolicyHash.unwrap(policyHash)
        ) return abi.encodeWithSelector(EligibilityRegistry_UnfitProgram.selector, receipt.program);
    }

    function _checkConsent(
        Receipt memory receipt,
        Submission calldata submission,
        RequestId id,
        address patientKey
    ) private view returns (bytes memory refusal) {
        ConsentTerms calldata terms = submission.consent;
        if (Nullifier.unwrap(terms.subject) != Nullifier.unwrap(submission.nullifier)) {
            return abi.encodeWithSelector(
                EligibilityRegistry_ConsentOfAnother.selector, terms.subject, submission.nullifier
            );
        }
        if (block.timestamp < terms.notBefore || block.timestamp >= terms.notAfter) {
            return abi.encodeWithSelector(
                EligibilityRegistry_ConsentNotInTime.selector, terms.notBefore, terms.notAfter
            );
        }
        ConsentId consent = terms.idOf(id, receipt.recipientId, _consentDomain());
        uint256 revokedAt = Ask.word(
            address(CONSENTS),
            IConsentRegistry.revokedAt.selector,
            uint160(patientKey),
            uint256(ConsentId.unwrap(consent))
        );
        if (revokedAt != 0) {
            return abi.encodeWithSelector(EligibilityRegistry_ConsentRevoked.selector, consent);
        }
        receipt.consentId = consent;
    }

    function _consentId(ConsentTerms calldata terms, RequestId id, StakeholderId recipientId)
        private
        view
        returns (ConsentId)
    {
        if (terms.patientKey == address(0)) return ConsentId.wrap(0);
        return terms.idOf(id, recipientId, _consentDomain());
    }

    function _consentDomain() private view returns (bytes32) {
        return block.chainid == CHAIN_ID ? CONSENT_DOMAIN : Eip712.domainSeparator(address(CONSENTS));
    }

    /// @dev Answers with the store's error, or with nothing.
    function _spend(Submission calldata submission, RequestId id, uint256 scope)
        private
        returns (bytes memory refusal)
    {
        bytes32 key = EligibilityLib.spentKeyOf(scope, submission.part, submission.nullifier);
        (address store, bytes4 selector, bytes32 kind) =
            (address(NULLIFIERS), INullifierStore.spend.selector, NULLIFIER_KIND);
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 0x04), kind)
            mstore(add(free, 0x24), key)
            mstore(add(free, 0x44), id)
            if iszero(call(gas(), store, 0, free, 0x64, 0x00, 0x00)) {
                // Without a reason it ran out of gas, which is no refusal to go on after.
                if iszero(returndatasize()) { revert(0x00, 0x00) }
                refusal := free
                mstore(refusal, returndatasize())
                returndatacopy(add(refusal, 0x20), 0, returndatasize())
                mstore(0x40, and(add(add(refusal, 0x3f), returndatasize()), not(0x1f)))
            }
        }
    }

    function _writeSignals(
        Submission calldata submission,
        Receipt memory receipt,
        RequestId id,
        uint256 scope,
        uint256 date,
        EligibilitySignals memory signals
    ) private view {
        signals.nullifier = Nullifier.unwrap(submission.nullifier);
        signals.issuersRoot = IssuersRoot.unwrap(submission.issuersRoot);
        signals.policyHash = PolicyHash.unwrap(receipt.policyHash);
        signals.context = EligibilityLib.contextOf(submission, id, receipt.consentId);
        signals.occasion = EligibilityLib.occasionOf(scope, date);
    }

    /// @dev The receipt as bytes, without copies: their length first, then the Receipt that is made next, then, by
    ///      _closeDetails, the rest.
    function _openDetails() private pure returns (bytes memory details) {
        assembly ("memory-safe") {
            details := mload(0x40)
            mstore(details, 0x260)
            mstore(0x40, add(details, 0x20))
        }
    }

    /// @dev The 15 words from `part` on. Before it: two offsets and the six words of the consent.
    function _closeDetails(Submission calldata submission) private pure {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, add(submission, 0x100), 0x1e0)
            mstore(0x40, add(free, 0x1e0))
        }
    }

    /// @dev NOTE: trusts the caller that the place is in the list.
    function _at(PolicyHash[] calldata policyHashes, uint256 part) private pure returns (PolicyHash policyHash) {
        assembly ("memory-safe") {
            policyHash := calldataload(add(policyHashes.offset, shl(5, part)))
        }
    }

    function _refuse(bytes4 selector) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector);
    }

    function _revertWith(bytes memory refusal) private pure {
        assembly ("memory-safe") {
            revert(add(refusal, 0x20), mload(refusal))
        }
    }

    function _freeMemory() private pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    function _freeMemoryFrom(uint256 free) private pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
