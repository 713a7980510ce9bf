// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AuditTrail} from "./AuditTrail.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {ConsentLib} from "./libraries/ConsentLib.sol";
import {Eip712} from "./libraries/Eip712.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {Consent} from "./types/Consent.sol";
import {ConsentId} from "./types/ConsentId.sol";

/// @title ConsentRegistry
contract ConsentRegistry is IConsentRegistry, AuditTrail {
    bytes32 private constant REVOCATION_TYPEHASH = keccak256("Revocation(bytes32 consentId)");

    /// @inheritdoc IConsentRegistry
    mapping(address patientKey => mapping(ConsentId id => uint256)) public revokedAt;

    /// @inheritdoc IConsentRegistry
    function revoke(ConsentId id) external {
        _revoke(msg.sender, id);
    }

    /// @inheritdoc IConsentRegistry
    function revokeBySignature(address patientKey, ConsentId id, bytes calldata signature) external {
        bytes32 digest = Eip712.digest(domainSeparator(), keccak256(abi.encode(REVOCATION_TYPEHASH, id)));
        if (!Signatures.isValid(patientKey, digest, signature)) revert ConsentRegistry_InvalidSignature(patientKey);

        _revoke(patientKey, id);
    }

    /// @inheritdoc IConsentRegistry
    function consentId(Consent calldata consent) external view returns (ConsentId) {
        return ConsentLib.idOf(consent, domainSeparator());
    }

    /// @inheritdoc IConsentRegistry
    function domainSeparator() public view returns (bytes32) {
        return Eip712.domainSeparator(address(this));
    }

    function _revoke(address patientKey, ConsentId id) private {
        mapping(ConsentId => uint256) storage revocations = revokedAt[patientKey];
        if (revocations[id] != 0) revert ConsentRegistry_AlreadyRevoked(patientKey, id);

        revocations[id] = block.timestamp;

        _record(keccak256("consent.revoked"), ConsentId.unwrap(id), abi.encode(patientKey));
    }
}
