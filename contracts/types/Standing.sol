// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice How a stakeholder stands, in one word: rootValid 1 | suspended 8 | roles 16 | key 160. The key is
///         0 where there is no such stakeholder; rootValid answers for the root that was asked about, if one was.
type Standing is uint256;

using {key, roles, suspended, rootValid} for Standing global;

function key(Standing standing) pure returns (address) {
    return address(uint160(Standing.unwrap(standing)));
}

/// @dev Bits Parameters.ROLE_*.
function roles(Standing standing) pure returns (uint16) {
    return uint16(Standing.unwrap(standing) >> 160);
}

function suspended(Standing standing) pure returns (bool) {
    return (Standing.unwrap(standing) >> 176) & 0xff != 0;
}

function rootValid(Standing standing) pure returns (bool) {
    return Standing.unwrap(standing) >> 184 != 0;
}
