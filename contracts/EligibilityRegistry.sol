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
import {Calendar} from "./libraries/Calendar.sol";
import {ConsentLib} from "./libraries/ConsentLib.sol";
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
import {Proof} from "./types/Proof.sol";
import {Request} from "./types/Request.sol";
import {RequestId} from "./types/RequestId.sol";
import {StakeholderId} from "./types/StakeholderId.sol";
import {Submission} from "./types/Submission.sol";

/// @title EligibilityRegistry
contract EligibilityRegistry is IEligibilityRegistry, AuditTrail {
    using RequestLib for Request;
    using ConsentLib for ConsentTerms;
    using VerifierCall for VerifierCall.Batch;

    /// @dev What the contract has computed about a submission.
    struct Answer {
        RequestId requestId;
        ConsentId consentId;
        uint256 scope;
        PolicyHash policyHash;
    }

    /// @dev What a receipt says before the proof, in its order.
    struct Receipt {
        StakeholderId recipientId;
        PolicyId program;
        uint256 part;
        bytes32 kind;
        uint32 verifierVersion;
        ConsentId consentId;
        uint64 deadline;
        uint64 day;
        Nullifier nullifier;
        IssuersRoot issuersRoot;
        PolicyHash policyHash;
    }

    bytes32 private constant SCOPE_TYPEHASH = keccak256("Medseal scope");
    bytes32 private constant PAYLOAD_TYPEHASH = keccak256("Medseal eligibility payload");
    bytes32 private constant CONTEXT_TYPEHASH = keccak256("Medseal eligibility context");
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
        Request calldata request = submission.request;
        address verifier = _verifierOf(submission.kind, submission.verifierVersion);
        (bytes memory refusal, Answer memory answer) = _check(submission, request);
        if (refusal.length != 0) _revertWith(refusal);
        if (!VerifierCall.accepts(verifier, submission.proof, _signals(submission, answer))) {
            revert EligibilityRegistry_InvalidProof();
        }

        refusal = _spend(submission, answer);
        if (refusal.length != 0) _revertWith(refusal);

        _setAuditHead(_leaveReceipt(auditHead(), submission, request, answer));
    }

    /// @inheritdoc IEligibilityRegistry
    function verifyBatch(Submission[] calldata submissions) external {
        if (submissions.length == 0) return;
        bytes32 kind = submissions[0].kind;
        uint32 version = submissions[0].verifierVersion;
        address verifier = _verifierOf(kind, version);
        VerifierCall.Batch memory batch = VerifierCall.open(submissions.length);
        uint256 head = auditHead();
        for (uint256 i; i < submissions.length; ++i) {
            uint256 free = _freeMemory();
            Submission calldata submission = submissions[i];
            if (submission.kind != kind || submission.verifierVersion != version) {
                revert EligibilityRegistry_MixedBatch(i);
            }
            head = _takeOrSkip(head, batch, i, submission);
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
        uint256 scope = _scope(request, id);
        for (uint256 part; part < request.policyHashes.length; ++part) {
            bytes32 mark = NULLIFIERS.markOf(NULLIFIER_KIND, _spentKey(scope, part, nullifier));
            if (mark != RequestId.unwrap(id)) return false;
        }
        return request.policyHashes.length != 0;
    }

    /// @inheritdoc IEligibilityRegistry
    function requestId(Request calldata request) public view returns (RequestId) {
        return request.idOf(domainSeparator());
    }

    /// @inheritdoc IEligibilityRegistry
    function scopeOf(Request calldata request) external view returns (uint160) {
        return uint160(_scope(request, requestId(request)));
    }

    /// @inheritdoc IEligibilityRegistry
    function consentId(Request calldata request, ConsentTerms calldata terms) external view returns (ConsentId) {
        return _consentId(request, requestId(request), terms);
    }

    /// @inheritdoc IEligibilityRegistry
    function signalsOf(Submission calldata submission) external view returns (EligibilitySignals memory) {
        RequestId id = requestId(submission.request);
        return _signals(submission, _answer(submission, submission.request, id));
    }

    /// @inheritdoc IEligibilityRegistry
    function domainSeparator() public view returns (bytes32) {
        return block.chainid == CHAIN_ID ? REQUEST_DOMAIN : Eip712.domainSeparator(address(this));
    }

    function _verifierOf(bytes32 kind, uint32 version) private view returns (address) {
        if (kind != "eligibility-s" && kind != "eligibility-m" && kind != "eligibility-l") {
            revert EligibilityRegistry_UnknownKind(kind);
        }
        return VERIFIERS.verifierOf(kind, version);
    }

    /// @dev One submission of a batch; answers with the head after it.
    function _takeOrSkip(
        uint256 head,
        VerifierCall.Batch memory batch,
        uint256 index,
        Submission calldata submission
    ) private returns (uint256) {
        Request calldata request = submission.request;
        (bytes memory refusal, Answer memory answer) = _check(submission, request);
        // Spent before it is proven: should the batch be refused, nothing of it stands.
        if (refusal.length == 0) refusal = _spend(submission, answer);
        if (refusal.length != 0) {
            emit SubmissionSkipped(index, submission.nullifier, refusal);
            return head;
        }
        batch.add(submission.proof, _signals(submission, answer));
        return _leaveReceipt(head, submission, request, answer);
    }

    /// @dev Answers with the error that refuses the submission; or with none, and what there is to know about it.
    function _check(Submission calldata submission, Request calldata request)
        private
        view
        returns (bytes memory refusal, Answer memory answer)
    {
        refusal = _checkForm(submission, request);
        if (refusal.length != 0) return (refusal, answer);
        RequestId id = requestId(request);
        refusal = _checkRecipient(submission, request, id);
        if (refusal.length != 0) return (refusal, answer);
        refusal = _checkProgram(request);
        if (refusal.length != 0) return (refusal, answer);
        answer = _answer(submission, request, id);
        refusal = _checkConsent(submission, request, answer.consentId);
    }

    function _checkForm(Submission calldata submission, Request calldata request)
        private
        view
        returns (bytes memory refusal)
    {
        if (block.timestamp >= request.expiresAt) {
            return abi.encodeWithSelector(EligibilityRegistry_RequestExpired.selector, request.expiresAt);
        }
        if (block.timestamp > submission.deadline) {
            return abi.encodeWithSelector(EligibilityRegistry_DeadlinePassed.selector, submission.deadline);
        }
        uint256 day = submission.day;
        unchecked {
            // Neither overflows: a day has 64 bits.
            uint256 today = block.timestamp / 1 days;
            if (day > today + 1 || day + 1 < today) {
                return abi.encodeWithSelector(EligibilityRegistry_WrongDay.selector, day, today);
            }
        }
        if (submission.part >= request.policyHashes.length) {
            return abi.encodeWithSelector(
                EligibilityRegistry_NoSuchPart.selector, submission.part, request.policyHashes.length
            );
        }
        if (Nullifier.unwrap(submission.nullifier) == 0) {
            return abi.encodeWithSelector(EligibilityRegistry_NoNullifier.selector);
        }
    }

    function _checkRecipient(Submission calldata submission, Request calldata request, RequestId id)
        private
        view
        returns (bytes memory refusal)
    {
        (address key, uint16 roles, bool suspended, bool validRoot) =
            STAKEHOLDERS.standingAndRoot(request.recipientId, submission.issuersRoot);
        if (key == address(0)) {
            return abi.encodeWithSelector(EligibilityRegistry_UnknownRecipient.selector, request.recipientId);
        }
        if (suspended) {
            return abi.encodeWithSelector(EligibilityRegistry_RecipientSuspended.selector, request.recipientId);
        }
        if (roles & Parameters.rolesFor(request.purpose) == 0) {
            return abi.encodeWithSelector(EligibilityRegistry_PurposeNotAllowed.selector, request.purpose, roles);
        }
        if (!validRoot) {
            return abi.encodeWithSelector(EligibilityRegistry_UnknownRoot.selector, submission.issuersRoot);
        }
        if (!Signatures.isValid(key, RequestId.unwrap(id), submission.requestSignature)) {
            return abi.encodeWithSelector(
                EligibilityRegistry_InvalidRequestSignature.selector, request.recipientId, key
            );
        }
    }

    function _checkProgram(Request calldata request) private view returns (bytes memory refusal) {
        if (PolicyId.unwrap(request.program) == 0) return refusal;
        (StakeholderId publisherId, PolicyHash policyHash, bool oncePerPerson) = POLICIES.program(request.program);
        if (
            !oncePerPerson || StakeholderId.unwrap(publisherId) != StakeholderId.unwrap(request.recipientId)
                || request.policyHashes.length != 1
                || PolicyHash.unwrap(request.policyHashes[0]) != PolicyHash.unwrap(policyHash)
        ) return abi.encodeWithSelector(EligibilityRegistry_UnfitProgram.selector, request.program);
    }

    function _checkConsent(Submission calldata submission, Request calldata request, ConsentId id)
        private
        view
        returns (bytes memory refusal)
    {
        ConsentTerms calldata terms = submission.consent;
        if (terms.patientKey == address(0)) {
            if (!request.consentRequired) return refusal;
            return abi.encodeWithSelector(EligibilityRegistry_ConsentRequired.selector);
        }
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
        if (CONSENTS.revokedAt(terms.patientKey, id) != 0) {
            return abi.encodeWithSelector(EligibilityRegistry_ConsentRevoked.selector, id);
        }
    }

    function _answer(Submission calldata submission, Request calldata request, RequestId id)
        private
        view
        returns (Answer memory)
    {
        return Answer({
            requestId: id,
            consentId: _consentId(request, id, submission.consent),
            scope: _scope(request, id),
            policyHash: request.policyHashes[submission.part]
        });
    }

    function _consentId(Request calldata request, RequestId id, ConsentTerms calldata terms)
        private
        view
        returns (ConsentId)
    {
        if (terms.patientKey == address(0)) return ConsentId.wrap(0);
        bytes32 domain = block.chainid == CHAIN_ID ? CONSENT_DOMAIN : Eip712.domainSeparator(address(CONSENTS));
        return terms.idOf(id, request.recipientId, domain);
    }

    function _scope(Request calldata request, RequestId id) private view returns (uint256) {
        uint256 counted = PolicyId.unwrap(request.program);
        if (counted == 0) counted = uint256(RequestId.unwrap(id));
        bytes32 hash =
            keccak256(abi.encode(SCOPE_TYPEHASH, block.chainid, address(this), request.recipientId, counted));
        return uint256(hash) >> 96;
    }

    function _signals(Submission calldata submission, Answer memory answer)
        private
        view
        returns (EligibilitySignals memory)
    {
        uint256 day = submission.day;
        bytes32 payload = keccak256(abi.encode(PAYLOAD_TYPEHASH, submission.part));
        bytes32 context = keccak256(
            abi.encode(
                CONTEXT_TYPEHASH,
                block.chainid,
                address(this),
                submission.verifierVersion,
                answer.requestId,
                answer.consentId,
                payload,
                submission.deadline
            )
        );
        return EligibilitySignals({
            nullifier: Nullifier.unwrap(submission.nullifier),
            issuersRoot: IssuersRoot.unwrap(submission.issuersRoot),
            policyHash: PolicyHash.unwrap(answer.policyHash),
            context: uint256(context) % Parameters.FIELD_ORDER,
            occasion: (answer.scope << 87) | (Calendar.yyyymmdd(day) << 60) | ((day + Parameters.DAY_OFFSET) << 40)
        });
    }

    function _spentKey(uint256 scope, uint256 part, Nullifier nullifier) private view returns (bytes32) {
        return keccak256(abi.encode(address(this), scope, part, nullifier));
    }

    /// @dev Answers with the store's error, or with nothing.
    function _spend(Submission calldata submission, Answer memory answer) private returns (bytes memory refusal) {
        bytes32 key = _spentKey(answer.scope, submission.part, submission.nullifier);
        bytes32 mark = RequestId.unwrap(answer.requestId);
        (, refusal) = address(NULLIFIERS).call(abi.encodeCall(INullifierStore.spend, (NULLIFIER_KIND, key, mark)));
    }

    /// @dev abi.encode(receipt, proof), with the proof put behind the receipt at once.
    function _leaveReceipt(
        uint256 head,
        Submission calldata submission,
        Request calldata request,
        Answer memory answer
    ) private returns (uint256) {
        bytes memory details;
        assembly ("memory-safe") {
            details := mload(0x40)
            mstore(details, 0x260)
            mstore(0x40, add(details, 0x20))
        }
        Receipt({
            recipientId: request.recipientId,
            program: request.program,
            part: submission.part,
            kind: submission.kind,
            verifierVersion: submission.verifierVersion,
            consentId: answer.consentId,
            deadline: submission.deadline,
            day: submission.day,
            nullifier: submission.nullifier,
            issuersRoot: submission.issuersRoot,
            policyHash: answer.policyHash
        });
        Proof calldata proof = submission.proof;
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, proof, 0x100)
            mstore(0x40, add(free, 0x100))
        }
        return _append(head, keccak256("eligibility.verified"), RequestId.unwrap(answer.requestId), details);
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
