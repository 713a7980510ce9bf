// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AuditTrail} from "./AuditTrail.sol";
import {Parameters} from "./generated/Parameters.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {IEligibilityRegistry} from "./interfaces/IEligibilityRegistry.sol";
import {INullifierStore} from "./interfaces/INullifierStore.sol";
import {IPolicyRegistry} from "./interfaces/IPolicyRegistry.sol";
import {IStakeholderRegistry} from "./interfaces/IStakeholderRegistry.sol";
import {IVerifier} from "./interfaces/IVerifier.sol";
import {IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";
import {Calendar} from "./libraries/Calendar.sol";
import {ConsentLib} from "./libraries/ConsentLib.sol";
import {Eip712} from "./libraries/Eip712.sol";
import {RequestLib} from "./libraries/RequestLib.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {Consent} from "./types/Consent.sol";
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
    using ConsentLib for Consent;

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
    uint256 private constant SIGNALS = 5;

    IStakeholderRegistry public immutable STAKEHOLDERS;
    IVerifierRegistry public immutable VERIFIERS;
    IPolicyRegistry public immutable POLICIES;
    INullifierStore public immutable NULLIFIERS;
    IConsentRegistry public immutable CONSENTS;

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
    }

    /// @inheritdoc IEligibilityRegistry
    function verify(Submission calldata submission) external {
        address verifier = _verifierOf(submission.kind, submission.verifierVersion);
        (bytes memory refusal, RequestId id, Receipt memory receipt) = _check(submission);
        if (refusal.length != 0) _revertWith(refusal);
        uint256 scope = _scope(submission.request, id);
        uint256[] memory signals = _signals(receipt, id, scope);
        if (!IVerifier(verifier).verifyProof(submission.proof, signals)) revert EligibilityRegistry_InvalidProof();

        refusal = _spend(receipt, id, scope);
        if (refusal.length != 0) _revertWith(refusal);

        _record(keccak256("eligibility.verified"), RequestId.unwrap(id), abi.encode(receipt, submission.proof));
    }

    /// @inheritdoc IEligibilityRegistry
    function verifyBatch(Submission[] calldata submissions) external {
        if (submissions.length == 0) return;
        bytes32 kind = submissions[0].kind;
        uint32 version = submissions[0].verifierVersion;
        address verifier = _verifierOf(kind, version);
        Proof[] memory proofs = new Proof[](submissions.length);
        uint256[] memory signals = new uint256[](submissions.length * SIGNALS);
        uint256 accepted;
        uint256 head = auditHead();
        for (uint256 i; i < submissions.length; ++i) {
            Submission calldata submission = submissions[i];
            if (submission.kind != kind || submission.verifierVersion != version) {
                revert EligibilityRegistry_MixedBatch(i);
            }
            (bytes memory refusal, RequestId id, Receipt memory receipt) = _check(submission);
            if (refusal.length == 0) {
                uint256 scope = _scope(submission.request, id);
                refusal = _spend(receipt, id, scope);
                if (refusal.length == 0) {
                    proofs[accepted] = submission.proof;
                    uint256[] memory own = _signals(receipt, id, scope);
                    for (uint256 j; j < SIGNALS; ++j) signals[accepted * SIGNALS + j] = own[j];
                    ++accepted;
                    head = _append(
                        head,
                        keccak256("eligibility.verified"),
                        RequestId.unwrap(id),
                        abi.encode(receipt, submission.proof)
                    );
                    continue;
                }
            }
            emit SubmissionSkipped(i, submission.nullifier, refusal);
        }
        if (accepted == 0) return;
        assembly {
            mstore(proofs, accepted)
            mstore(signals, mul(accepted, SIGNALS))
        }
        if (!IVerifier(verifier).verifyBatch(proofs, signals)) revert EligibilityRegistry_InvalidProof();

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
        return _consentId(request.recipientId, requestId(request), terms);
    }

    /// @inheritdoc IEligibilityRegistry
    function contextOf(Submission calldata submission) external view returns (uint256) {
        return signalsOf(submission)[3];
    }

    /// @inheritdoc IEligibilityRegistry
    function occasionOf(Submission calldata submission) external view returns (uint256) {
        return signalsOf(submission)[4];
    }

    /// @inheritdoc IEligibilityRegistry
    function signalsOf(Submission calldata submission) public view returns (uint256[] memory) {
        RequestId id = requestId(submission.request);
        return _signals(_receipt(submission, id), id, _scope(submission.request, id));
    }

    /// @inheritdoc IEligibilityRegistry
    function domainSeparator() public view returns (bytes32) {
        return Eip712.domainSeparator(address(this));
    }

    function _verifierOf(bytes32 kind, uint32 version) private view returns (address) {
        if (kind != "eligibility-s" && kind != "eligibility-m" && kind != "eligibility-l") {
            revert EligibilityRegistry_UnknownKind(kind);
        }
        return VERIFIERS.verifierOf(kind, version);
    }

    /// @dev Answers with the error that refuses the submission, or with none and what its receipt says.
    function _check(Submission calldata submission)
        private
        view
        returns (bytes memory refusal, RequestId id, Receipt memory receipt)
    {
        refusal = _checkTime(submission);
        if (refusal.length != 0) return (refusal, id, receipt);
        id = requestId(submission.request);
        refusal = _checkRecipient(submission, id);
        if (refusal.length != 0) return (refusal, id, receipt);
        receipt = _receipt(submission, id);
        refusal = _checkProgram(submission.request);
        if (refusal.length != 0) return (refusal, id, receipt);
        refusal = _checkConsent(submission, receipt.consentId);
    }

    function _checkTime(Submission calldata submission) private view returns (bytes memory refusal) {
        Request calldata request = submission.request;
        if (block.timestamp >= request.expiresAt) {
            return abi.encodeWithSelector(EligibilityRegistry_RequestExpired.selector, request.expiresAt);
        }
        if (block.timestamp > submission.deadline) {
            return abi.encodeWithSelector(EligibilityRegistry_DeadlinePassed.selector, submission.deadline);
        }
        uint256 today = block.timestamp / 1 days;
        if (submission.day > today + 1 || uint256(submission.day) + 1 < today) {
            return abi.encodeWithSelector(EligibilityRegistry_WrongDay.selector, submission.day, today);
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

    function _checkRecipient(Submission calldata submission, RequestId id)
        private
        view
        returns (bytes memory refusal)
    {
        StakeholderId recipientId = submission.request.recipientId;
        (address key, uint16 roles, bool suspended, bool validRoot) =
            STAKEHOLDERS.standingAndRoot(recipientId, submission.issuersRoot);
        if (key == address(0)) {
            return abi.encodeWithSelector(EligibilityRegistry_UnknownRecipient.selector, recipientId);
        }
        if (suspended) return abi.encodeWithSelector(EligibilityRegistry_RecipientSuspended.selector, recipientId);
        if (roles & Parameters.rolesFor(submission.request.purpose) == 0) {
            return abi.encodeWithSelector(
                EligibilityRegistry_PurposeNotAllowed.selector, submission.request.purpose, roles
            );
        }
        if (!validRoot) {
            return abi.encodeWithSelector(EligibilityRegistry_UnknownRoot.selector, submission.issuersRoot);
        }
        if (!Signatures.isValid(key, RequestId.unwrap(id), submission.requestSignature)) {
            return abi.encodeWithSelector(EligibilityRegistry_InvalidRequestSignature.selector, recipientId, key);
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

    function _checkConsent(Submission calldata submission, ConsentId id) private view returns (bytes memory refusal) {
        ConsentTerms calldata terms = submission.consent;
        if (terms.patientKey == address(0)) {
            if (!submission.request.consentRequired) return refusal;
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

    function _receipt(Submission calldata submission, RequestId id) private view returns (Receipt memory) {
        return Receipt({
            recipientId: submission.request.recipientId,
            program: submission.request.program,
            part: submission.part,
            kind: submission.kind,
            verifierVersion: submission.verifierVersion,
            consentId: _consentId(submission.request.recipientId, id, submission.consent),
            deadline: submission.deadline,
            day: submission.day,
            nullifier: submission.nullifier,
            issuersRoot: submission.issuersRoot,
            policyHash: submission.request.policyHashes[submission.part]
        });
    }

    function _consentId(StakeholderId recipientId, RequestId id, ConsentTerms calldata terms)
        private
        view
        returns (ConsentId)
    {
        if (terms.patientKey == address(0)) return ConsentId.wrap(0);
        return Consent({
            requestId: id,
            recipientId: recipientId,
            patientKey: terms.patientKey,
            subject: terms.subject,
            detailsHash: terms.detailsHash,
            notBefore: terms.notBefore,
            notAfter: terms.notAfter,
            uses: 1,
            salt: terms.salt
        }).idOf(Eip712.domainSeparator(address(CONSENTS)));
    }

    function _scope(Request calldata request, RequestId id) private view returns (uint256) {
        uint256 counted = PolicyId.unwrap(request.program);
        if (counted == 0) counted = uint256(RequestId.unwrap(id));
        return uint256(
            keccak256(abi.encode(SCOPE_TYPEHASH, block.chainid, address(this), request.recipientId, counted))
        ) >> 96;
    }

    function _signals(Receipt memory receipt, RequestId id, uint256 scope)
        private
        view
        returns (uint256[] memory signals)
    {
        signals = new uint256[](SIGNALS);
        signals[0] = Nullifier.unwrap(receipt.nullifier);
        signals[1] = IssuersRoot.unwrap(receipt.issuersRoot);
        signals[2] = PolicyHash.unwrap(receipt.policyHash);
        signals[3] = uint256(
            keccak256(
                abi.encode(
                    CONTEXT_TYPEHASH,
                    block.chainid,
                    address(this),
                    receipt.verifierVersion,
                    id,
                    receipt.consentId,
                    keccak256(abi.encode(PAYLOAD_TYPEHASH, receipt.part)),
                    receipt.deadline
                )
            )
        ) % Parameters.FIELD_ORDER;
        signals[4] = (scope << 87) | (Calendar.yyyymmdd(receipt.day) << 60)
            | ((receipt.day + Parameters.DAY_OFFSET) << 40);
    }

    function _spentKey(uint256 scope, uint256 part, Nullifier nullifier) private view returns (bytes32) {
        return keccak256(abi.encode(address(this), scope, part, nullifier));
    }

    /// @dev Answers with the store's error, or with nothing.
    function _spend(Receipt memory receipt, RequestId id, uint256 scope) private returns (bytes memory refusal) {
        bytes32 key = _spentKey(scope, receipt.part, receipt.nullifier);
        (, refusal) = address(NULLIFIERS).call(
            abi.encodeCall(INullifierStore.spend, (NULLIFIER_KIND, key, RequestId.unwrap(id)))
        );
    }

    function _revertWith(bytes memory refusal) private pure {
        assembly ("memory-safe") {
            revert(add(refusal, 32), mload(refusal))
        }
    }
}
