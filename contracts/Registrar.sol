// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AuditTrail} from "./AuditTrail.sol";
import {IRegistrar} from "./interfaces/IRegistrar.sol";

/// @title Registrar
/// @notice The registrar's office and its two-step hand-over.
abstract contract Registrar is IRegistrar, AuditTrail {
    /// @inheritdoc IRegistrar
    address public registrar;
    /// @inheritdoc IRegistrar
    address public proposedRegistrar;

    constructor(address first) {
        if (first == address(0)) revert Registrar_Nobody();

        registrar = first;

        _record(keccak256("registrar.accepted"), bytes32(uint256(uint160(first))), "");
    }

    modifier onlyRegistrar() {
        if (msg.sender != registrar) revert Registrar_NotRegistrar(msg.sender);
        _;
    }

    /// @inheritdoc IRegistrar
    function proposeRegistrar(address next) external onlyRegistrar {
        proposedRegistrar = next;

        _record(keccak256("registrar.proposed"), bytes32(uint256(uint160(next))), "");
    }

    /// @inheritdoc IRegistrar
    function acceptRegistrar() external {
        if (msg.sender != proposedRegistrar) revert Registrar_NotProposed(msg.sender, proposedRegistrar);

        registrar = msg.sender;
        proposedRegistrar = address(0);

        _record(keccak256("registrar.accepted"), bytes32(uint256(uint160(msg.sender))), "");
    }
}
