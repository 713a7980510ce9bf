// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Registrar} from "./Registrar.sol";
import {INullifierStore} from "./interfaces/INullifierStore.sol";
import {LocalChain} from "./libraries/LocalChain.sol";

/// @title NullifierStore
contract NullifierStore is INullifierStore, Registrar {
    /// @dev A struct of one, for a place that is looked up once and then read and written.
    struct Spent {
        bytes32 mark;
    }

    struct Scheduled {
        bytes32 kind;
        uint64 eta;
    }

    /// @inheritdoc INullifierStore
    uint256 public immutable ADMISSION_DELAY;

    // The first two writers are in the code as well, which spares each of their marks a look at a cold slot.
    address private immutable FIRST_WRITER;
    bytes32 private immutable FIRST_KIND;
    address private immutable SECOND_WRITER;
    bytes32 private immutable SECOND_KIND;

    /// @inheritdoc INullifierStore
    mapping(address writer => bytes32 kind) public kindOf;
    /// @inheritdoc INullifierStore
    mapping(address writer => Scheduled) public scheduled;
    mapping(bytes32 kind => mapping(bytes32 key => Spent)) private _spent;

    constructor(address registrar_, uint256 admissionDelay, bytes32[] memory kinds, address[] memory writers)
        Registrar(registrar_)
    {
        LocalChain.requireDelay(admissionDelay, 7 days);
        if (kinds.length != writers.length) revert NullifierStore_WriterCount(kinds.length, writers.length);

        ADMISSION_DELAY = admissionDelay;
        (FIRST_WRITER, FIRST_KIND) = kinds.length > 0 ? (writers[0], kinds[0]) : (address(0), bytes32(0));
        (SECOND_WRITER, SECOND_KIND) = kinds.length > 1 ? (writers[1], kinds[1]) : (address(0), bytes32(0));
        for (uint256 i; i < kinds.length; ++i) {
            _checkWriter(kinds[i], writers[i]);
            _admit(kinds[i], writers[i]);
        }
    }

    /// @inheritdoc INullifierStore
    function spend(bytes32 kind, bytes32 key, bytes32 mark) external {
        if (!_isWriter(msg.sender, kind)) revert NullifierStore_NotWriter(kind, msg.sender);
        if (mark == 0) revert NullifierStore_NoMark();
        Spent storage spent = _spent[kind][key];
        if (spent.mark != 0) revert NullifierStore_AlreadySpent(kind, key);

        // No entry: see INullifierStore.
        spent.mark = mark;
    }

    /// @inheritdoc INullifierStore
    function scheduleWriter(bytes32 kind, address writer) external onlyRegistrar {
        _checkWriter(kind, writer);
        if (scheduled[writer].eta != 0) revert NullifierStore_AlreadyScheduled(writer);

        uint64 eta = uint64(block.timestamp + ADMISSION_DELAY);
        scheduled[writer] = Scheduled({kind: kind, eta: eta});

        _record(keccak256("writer.scheduled"), _subject(writer), abi.encode(kind, eta));
    }

    /// @inheritdoc INullifierStore
    function cancelWriter(address writer) external onlyRegistrar {
        if (scheduled[writer].eta == 0) revert NullifierStore_NotScheduled(writer);

        delete scheduled[writer];

        _record(keccak256("writer.cancelled"), _subject(writer), "");
    }

    /// @inheritdoc INullifierStore
    function admitWriter(address writer) external {
        Scheduled memory announced = scheduled[writer];
        if (announced.eta == 0) revert NullifierStore_NotScheduled(writer);
        if (block.timestamp < announced.eta) revert NullifierStore_TooEarly(writer, announced.eta);

        delete scheduled[writer];
        _admit(announced.kind, writer);
    }

    /// @inheritdoc INullifierStore
    function markOf(bytes32 kind, bytes32 key) external view returns (bytes32) {
        return _spent[kind][key].mark;
    }

    function _isWriter(address account, bytes32 kind) private view returns (bool) {
        if (account == FIRST_WRITER) return kind == FIRST_KIND;
        if (account == SECOND_WRITER) return kind == SECOND_KIND;
        return kind != 0 && kindOf[account] == kind;
    }

    function _checkWriter(bytes32 kind, address writer) private view {
        if (kind == 0 || writer == address(0) || kindOf[writer] != 0) revert NullifierStore_UnfitWriter(writer, kind);
    }

    function _admit(bytes32 kind, address writer) private {
        kindOf[writer] = kind;

        _record(keccak256("writer.admitted"), _subject(writer), abi.encode(kind));
    }

    function _subject(address writer) private pure returns (bytes32) {
        return bytes32(uint256(uint160(writer)));
    }
}
