// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ConsentTerms} from "./ConsentTerms.sol";
import {IssuersRoot} from "./IssuersRoot.sol";
import {Nullifier} from "./Nullifier.sol";
import {Proof} from "./Proof.sol";
import {Request} from "./Request.sol";

/// @notice An answer to one part of a request. Scope, context and occasion are not in it: the contract computes them.
/// @dev From `part` on the words are the end of the receipt, in its order.
struct Submission {
    Request request;
    bytes requestSignature; // By the recipient's registered key: 65 bytes, or ERC-1271
    ConsentTerms consent;
    uint256 part; // Place of the policy in the request
    bytes32 kind; // Circuit, ASCII, left-aligned
    uint32 verifierVersion;
    uint256 deadline; // Unix seconds; accepted up to and including it
    uint256 day; // Days since 1970-01-01 that the proof calls today
    Nullifier nullifier;
    IssuersRoot issuersRoot;
    Proof proof;
}
