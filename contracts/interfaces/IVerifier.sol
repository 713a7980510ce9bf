// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Proof} from "../types/Proof.sol";

interface IVerifier {
    function kind() external view returns (bytes32);
    function keyHash() external view returns (bytes32);
    function isDevelopment() external view returns (bool);
    function signalCount() external view returns (uint256);
    function rootPosition() external view returns (uint256);
    function verificationKey() external view returns (uint256[] memory);
    function verifyProof(Proof calldata proof, uint256[] calldata signals) external view returns (bool);
    function verifyBatch(Proof[] calldata proofs, uint256[] calldata signals) external view returns (bool);
}
