// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Parameters} from "../generated/Parameters.sol";
import {EligibilitySignals} from "../generated/Signals.sol";
import {Calendar} from "./Calendar.sol";
import {ConsentId} from "../types/ConsentId.sol";
import {IssuersRoot} from "../types/IssuersRoot.sol";
import {Nullifier} from "../types/Nullifier.sol";
import {PolicyHash} from "../types/PolicyHash.sol";
import {PolicyId} from "../types/PolicyId.sol";
import {RequestId} from "../types/RequestId.sol";
import {StakeholderId} from "../types/StakeholderId.sol";

/// @notice What a receipt says before the proof, in its order.
struct Receipt {
    StakeholderId recipientId;
    PolicyId program;
    uint256 part;
    bytes32 kind;
    uint32 verifierVersion;
    ConsentId consentId;
    uint256 deadline;
    uint256 day;
    Nullifier nullifier;
    IssuersRoot issuersRoot;
    PolicyHash policyHash;
}

/// @notice The hashes of an eligibility answer, as IEligibilityRegistry writes them out. "This contract" there is the
///         contract that calls. Each is keccak256(abi.encode(...)) of the words stored, in that order.
library EligibilityLib {
    bytes32 private constant SCOPE_TYPEHASH = keccak256("Medseal scope");
    bytes32 private constant PAYLOAD_TYPEHASH = keccak256("Medseal eligibility payload");
    bytes32 private constant CONTEXT_TYPEHASH = keccak256("Medseal eligibility context");

    /// @dev 160 bits.
    function scopeOf(StakeholderId recipientId, PolicyId program, RequestId id) internal view returns (uint256 scope) {
        bytes32 typehash = SCOPE_TYPEHASH;
        assembly ("memory-safe") {
            let counted := program
            if iszero(program) { counted := id }
            let free := mload(0x40)
            mstore(free, typehash)
            mstore(add(free, 0x20), chainid())
            mstore(add(free, 0x40), address())
            mstore(add(free, 0x60), recipientId)
            mstore(add(free, 0x80), counted)
            scope := shr(96, keccak256(free, 0xa0))
        }
    }

    function contextOf(Receipt memory receipt, RequestId id) internal view returns (uint256 context) {
        (bytes32 typehash, bytes32 payloadTypehash) = (CONTEXT_TYPEHASH, PAYLOAD_TYPEHASH);
        (uint256 part, uint256 version, ConsentId consentId, uint256 deadline) =
            (receipt.part, receipt.verifierVersion, receipt.consentId, receipt.deadline);
        assembly ("memory-safe") {
            mstore(0x00, payloadTypehash)
            mstore(0x20, part)
            let free := mload(0x40)
            mstore(free, typehash)
            mstore(add(free, 0x20), chainid())
            mstore(add(free, 0x40), address())
            mstore(add(free, 0x60), version)
            mstore(add(free, 0x80), id)
            mstore(add(free, 0xa0), consentId)
            mstore(add(free, 0xc0), keccak256(0x00, 0x40))
            mstore(add(free, 0xe0), deadline)
            context := keccak256(free, 0x100)
        }
        return context % Parameters.FIELD_ORDER;
    }

    function spentKeyOf(uint256 scope, uint256 part, Nullifier nullifier) internal view returns (bytes32 key) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, address())
            mstore(add(free, 0x20), scope)
            mstore(add(free, 0x40), part)
            mstore(add(free, 0x60), nullifier)
            key := keccak256(free, 0x80)
        }
    }

    /// @dev The venue, the last 40 bits, is 0: eligibility has no place.
    function writeSignals(Receipt memory receipt, RequestId id, uint256 scope, EligibilitySignals memory signals)
        internal
        view
    {
        uint256 day = receipt.day;
        signals.nullifier = Nullifier.unwrap(receipt.nullifier);
        signals.issuersRoot = IssuersRoot.unwrap(receipt.issuersRoot);
        signals.policyHash = PolicyHash.unwrap(receipt.policyHash);
        signals.context = contextOf(receipt, id);
        unchecked {
            signals.occasion = (scope << 87) | (Calendar.yyyymmdd(day) << 60) | ((day + Parameters.DAY_OFFSET) << 40);
        }
    }
}
