// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Parameters} from "../generated/Parameters.sol";
import {Calendar} from "./Calendar.sol";
import {ConsentId} from "../types/ConsentId.sol";
import {Nullifier} from "../types/Nullifier.sol";
import {PolicyHash} from "../types/PolicyHash.sol";
import {PolicyId} from "../types/PolicyId.sol";
import {RequestId} from "../types/RequestId.sol";
import {StakeholderId} from "../types/StakeholderId.sol";
import {Submission} from "../types/Submission.sol";

/// @notice How a receipt begins: with what the contract has read or found. The submission's words from `part` on follow.
struct Receipt {
    StakeholderId recipientId;
    PolicyId program;
    ConsentId consentId;
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

    function contextOf(Submission calldata submission, RequestId id, ConsentId consentId)
        internal
        view
        returns (uint256 context)
    {
        (bytes32 typehash, bytes32 payloadTypehash) = (CONTEXT_TYPEHASH, PAYLOAD_TYPEHASH);
        (uint256 part, uint256 deadline) = (submission.part, submission.deadline);
        assembly ("memory-safe") {
            mstore(0x00, payloadTypehash)
            mstore(0x20, part)
            let free := mload(0x40)
            mstore(free, typehash)
            mstore(add(free, 0x20), chainid())
            mstore(add(free, 0x40), address())
            // verifierVersion. NOTE: trusts the caller to have read it, and so found that it fits 32 bits.
            calldatacopy(add(free, 0x60), add(submission, 0x140), 0x20)
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

    /// @param date What dateOf answers. The venue, the last 40 bits, is 0: eligibility has no place.
    function occasionOf(uint256 scope, uint256 date) internal pure returns (uint256) {
        return (scope << 87) | date;
    }

    /// @notice A day as an occasion has it: yyyymmdd, then the day as a field element.
    function dateOf(uint256 day) internal pure returns (uint256) {
        unchecked {
            return (Calendar.yyyymmdd(day) << 60) | ((day + Parameters.DAY_OFFSET) << 40);
        }
    }
}
