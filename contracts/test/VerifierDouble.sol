// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifier} from "../interfaces/IVerifier.sol";
import {Proof} from "../types/Proof.sol";

/// @notice For contract tests that do not concern proofs: accepts a proof whose first coordinate is the sum of its
///         signals, and says of itself what it is told to.
contract VerifierDouble is IVerifier {
    bytes32 public immutable kind;
    bytes32 public immutable keyHash;
    bool public immutable isDevelopment;
    uint256 public constant signalCount = 5;
    uint256 public immutable rootPosition;

    constructor(bytes32 kind_, bytes32 keyHash_, bool isDevelopment_, uint256 rootPosition_) {
        (kind, keyHash, isDevelopment, rootPosition) = (kind_, keyHash_, isDevelopment_, rootPosition_);
    }

    function verificationKey() external pure returns (uint256[] memory) {}

    function verifyProof(Proof calldata proof, uint256[] calldata signals) external pure returns (bool) {
        return _accepts(proof, signals);
    }

    function verifyBatch(Proof[] calldata proofs, uint256[] calldata signals) external pure returns (bool) {
        for (uint256 i; i < proofs.length; ++i) {
            if (!_accepts(proofs[i], signals[i * 5:(i + 1) * 5])) return false;
        }
        return proofs.length * 5 == signals.length;
    }

    function _accepts(Proof calldata proof, uint256[] calldata signals) private pure returns (bool) {
        uint256 sum;
        unchecked {
            for (uint256 i; i < signals.length; ++i) sum += signals[i];
        }
        return signals.length == signalCount && proof.a[0] == sum;
    }
}
