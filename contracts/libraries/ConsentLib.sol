// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Eip712} from "./Eip712.sol";
import {Consent} from "../types/Consent.sol";
import {ConsentId} from "../types/ConsentId.sol";

/// @notice A consent's id, alike wherever it is computed.
library ConsentLib {
    bytes32 private constant TYPEHASH = keccak256(
        "Consent(bytes32 requestId,uint256 recipientId,address patientKey,uint256 subject,bytes32 detailsHash,uint64 notBefore,uint64 notAfter,uint32 uses,bytes32 salt)"
    );

    /// @param separator Of the ConsentRegistry's domain.
    function idOf(Consent memory consent, bytes32 separator) internal pure returns (ConsentId) {
        return ConsentId.wrap(Eip712.digest(separator, keccak256(abi.encode(TYPEHASH, consent))));
    }
}
