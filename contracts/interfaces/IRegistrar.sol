// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAuditTrail} from "./IAuditTrail.sol";

/// @title The registrar: verifies stakeholders, admits and suspends
/// @notice Off local chains a multisig. Actions: "registrar.proposed" and "registrar.accepted"; subject = the new
///         registrar's address, no details.
interface IRegistrar is IAuditTrail {
    /// @notice Thrown when the caller is not the registrar.
    error Registrar_NotRegistrar(address caller);
    /// @notice Thrown when the caller is not the one that was proposed.
    error Registrar_NotProposed(address caller, address proposed);
    /// @notice Thrown when a registrar would be nobody.
    error Registrar_Nobody();

    function registrar() external view returns (address);

    function proposedRegistrar() external view returns (address);

    /// @notice Names the next registrar, who has to accept; nobody (0) withdraws the proposal.
    function proposeRegistrar(address next) external;

    /// @notice Takes the office over; called by the proposed registrar.
    function acceptRegistrar() external;
}
