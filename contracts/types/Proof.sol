// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice A Groth16 proof over BN254, points affine; `b` in EVM order (imaginary part first).
struct Proof {
    uint256[2] a;
    uint256[2][2] b;
    uint256[2] c;
}
