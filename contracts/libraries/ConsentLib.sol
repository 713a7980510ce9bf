// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Eip712} from "./Eip712.sol";
import {Consent} from "../types/Consent.sol";
import {ConsentId} from "../types/ConsentId.sol";
import {ConsentTerms} from "../types/ConsentTerms.sol";
import {RequestId} from "../types/RequestId.sol";
import {StakeholderId} from "../types/StakeholderId.sol";

/// @notice A consent's id, alike wherever it is computed.
library ConsentLib {
    bytes32 private constant TYPEHASH = keccak256(
        "Consent(bytes32 requestId,uint256 recipientId,address patientKey,uint256 subject,bytes32 detailsHash,uint64 notBefore,uint64 notAfter,uint32 uses,bytes32 salt)"
    );

    /// @param separator Of the ConsentRegistry's domain.
    function idOf(Consent calldata consent, bytes32 separator) internal pure returns (ConsentId) {
        return ConsentId.wrap(Eip712.digest(separator, keccak256(abi.encode(TYPEHASH, consent))));
    }

    /// @notice Id of the one-shot consent that a submission's terms make for its request.
    /// @param separator Of the ConsentRegistry's domain.
    function idOf(ConsentTerms calldata terms, RequestId requestId, StakeholderId recipientId, bytes32 separator)
        internal
        pure
        returns (ConsentId)
    {
        bytes32 typehash = TYPEHASH;
        bytes32 structHash;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typehash)
            mstore(add(free, 0x20), requestId)
            mstore(add(free, 0x40), recipientId)
            // patientKey, subject, detailsHash, notBefore, notAfter; then uses = 1, and the salt.
            calldatacopy(add(free, 0x60), terms, 0xa0)
            mstore(add(free, 0x100), 1)
            mstore(add(free, 0x120), calldataload(add(terms, 0xa0)))
            structHash := keccak256(free, 0x140)
        }
        return ConsentId.wrap(Eip712.digest(separator, structHash));
    }
}
