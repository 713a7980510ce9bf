// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AuditTrail} from "./AuditTrail.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {ConsentLib} from "./libraries/ConsentLib.sol";
import {Eip712} from "./libraries/Eip712.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {Slots} from "./libraries/Slots.sol";
import {Consent} from "./types/Consent.sol";
import {ConsentId} from "./types/ConsentId.sol";

/// @title ConsentRegistry
contract ConsentRegistry is IConsentRegistry, AuditTrail {
    bytes32 private constant REVOCATION_TYPEHASH = keccak256("Revocation(bytes32 consentId)");

    mapping(bytes32 patientKeyAndId => uint256) private _revokedAt;

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
    function revokedAt(address patientKey, ConsentId id) external view returns (uint256) {
        return _revokedAt[_keyOf(patientKey, id)];
    }

    /// @inheritdoc IConsentRegistry
    function consentId(Consent calldata consent) external view returns (ConsentId) {
        return ConsentLib.idOf(consent, domainSeparator());
    }

    /// @inheritdoc IConsentRegistry
    function domainSeparator() public view returns (bytes32) {
        return Eip712.domainSeparator(address(this));
    }

    function _keyOf(address patientKey, ConsentId id) private pure returns (bytes32) {
        return Slots.keyOf(bytes32(uint256(uint160(patientKey))), ConsentId.unwrap(id));
    }

    function _revoke(address patientKey, ConsentId id) private {
        bytes32 key = _keyOf(patientKey, id);
        if (_revokedAt[key] != 0) revert ConsentRegistry_AlreadyRevoked(patientKey, id);

        _revokedAt[key] = block.timestamp;

        _record(keccak256("consent.revoked"), ConsentId.unwrap(id), abi.encode(patientKey));
    }
}
