// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Eip712} from "./Eip712.sol";
import {PolicyHash} from "../types/PolicyHash.sol";
import {Request} from "../types/Request.sol";
import {RequestId} from "../types/RequestId.sol";

/// @notice A request's id.
library RequestLib {
    bytes32 private constant TYPEHASH = keccak256(
        "Request(uint256 recipientId,uint256[] policyHashes,uint256 program,bytes32 purpose,bool consentRequired,uint64 expiresAt,uint256 nonce)"
    );

    /// @param policyHashes The request's own, which the caller has at hand.
    /// @param separator Of the consumer's domain.
    function idOf(Request calldata request, PolicyHash[] calldata policyHashes, bytes32 separator)
        internal
        pure
        returns (RequestId)
    {
        bytes32 typehash = TYPEHASH;
        bytes32 structHash;
        assembly ("memory-safe") {
            // The struct's words lie in calldata as they are hashed, but for the list, whose hash stands in its place.
            let free := mload(0x40)
            let size := shl(5, policyHashes.length)
            calldatacopy(free, policyHashes.offset, size)
            let listHash := keccak256(free, size)
            mstore(free, typehash)
            calldatacopy(add(free, 0x20), request, 0xe0)
            mstore(add(free, 0x40), listHash)
            structHash := keccak256(free, 0x100)
        }
        return RequestId.wrap(Eip712.digest(separator, structHash));
    }
}
