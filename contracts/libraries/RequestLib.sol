// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Eip712} from "./Eip712.sol";
import {Request} from "../types/Request.sol";
import {RequestId} from "../types/RequestId.sol";

/// @notice A request's id.
library RequestLib {
    bytes32 private constant TYPEHASH = keccak256(
        "Request(uint256 recipientId,uint256[] policyHashes,uint256 program,bytes32 purpose,bool consentRequired,uint64 expiresAt,uint256 nonce)"
    );

    /// @param separator Of the consumer's domain.
    function idOf(Request calldata request, bytes32 separator) internal pure returns (RequestId) {
        bytes32 structHash = keccak256(
            abi.encode(
                TYPEHASH,
                request.recipientId,
                keccak256(abi.encodePacked(request.policyHashes)),
                request.program,
                request.purpose,
                request.consentRequired,
                request.expiresAt,
                request.nonce
            )
        );
        return RequestId.wrap(Eip712.digest(separator, structHash));
    }
}
