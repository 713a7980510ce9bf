// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EligibilitySignals} from "../generated/Signals.sol";
import {IVerifier} from "../interfaces/IVerifier.sol";
import {Proof} from "../types/Proof.sol";

/// @notice Questions to an IVerifier, laid out in memory as the ABI wants them: proofs go there from calldata at once,
///         and a batch grows in place.
/// @dev A memory struct of words lies as the ABI's array of them does, in the generated order. A verifier that reverts,
///      or answers anything but true, has refused.
library VerifierCall {
    /// @dev Calldata of IVerifier.verifyBatch, behind its selector:
    ///      offset of proofs 32 | offset of signals 32 | count 32 | proofs 256 each | count 32 | signals 160 each.
    ///      There is room for `capacity` proofs; the signals come behind all of it.
    struct Batch {
        uint256 data; // Where the selector is
        uint256 capacity;
        uint256 count;
    }

    function accepts(address verifier, Proof calldata proof, EligibilitySignals memory signals)
        internal
        view
        returns (bool accepted)
    {
        bytes4 selector = IVerifier.verifyProof.selector;
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, selector)
            calldatacopy(add(data, 0x04), proof, 0x100)
            mstore(add(data, 0x104), 0x120)
            mstore(add(data, 0x124), 5)
            mcopy(add(data, 0x144), signals, 0xa0)
            accepted := staticcall(gas(), verifier, data, 0x1e4, 0x00, 0x20)
            accepted := and(and(accepted, gt(returndatasize(), 0x1f)), eq(mload(0x00), 1))
        }
    }

    function open(uint256 capacity) internal pure returns (Batch memory batch) {
        bytes4 selector = IVerifier.verifyBatch.selector;
        batch.capacity = capacity;
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(batch, data)
            mstore(data, selector)
            mstore(add(data, 0x04), 0x40)
            mstore(add(data, 0x24), add(0x60, shl(8, capacity)))
            mstore(0x40, add(data, add(0xa0, mul(0x1a0, capacity))))
        }
    }

    function add(Batch memory batch, Proof calldata proof, EligibilitySignals memory signals) internal pure {
        assembly ("memory-safe") {
            let data := mload(batch)
            let capacity := mload(add(batch, 0x20))
            let count := mload(add(batch, 0x40))
            calldatacopy(add(add(data, 0x64), shl(8, count)), proof, 0x100)
            mcopy(add(add(data, 0x84), add(shl(8, capacity), mul(0xa0, count))), signals, 0xa0)
            mstore(add(batch, 0x40), add(count, 1))
        }
    }

    function accepts(address verifier, Batch memory batch) internal view returns (bool accepted) {
        assembly ("memory-safe") {
            let data := mload(batch)
            let signals := shl(8, mload(add(batch, 0x20)))
            let count := mload(add(batch, 0x40))
            mstore(add(data, 0x44), count)
            mstore(add(add(data, 0x64), signals), mul(5, count))
            accepted := staticcall(gas(), verifier, data, add(add(0x84, signals), mul(0xa0, count)), 0x00, 0x20)
            accepted := and(and(accepted, gt(returndatasize(), 0x1f)), eq(mload(0x00), 1))
        }
    }
}
