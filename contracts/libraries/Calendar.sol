// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice The Gregorian calendar.
library Calendar {
    /// @notice yyyymmdd of a day since 1970-01-01.
    /// @dev Howard Hinnant's civil_from_days ("chrono-Compatible Low-Level Date Algorithms"): years begin in March, so
    ///      that the leap day comes last, in eras of 400 years or 146,097 days; 719,468 days lie between 0000-03-01 and
    ///      1970-01-01. Nothing overflows for a day below 2^64.
    function yyyymmdd(uint256 day) internal pure returns (uint256) {
        unchecked {
            uint256 sinceMarch0 = day + 719468;
            uint256 era = sinceMarch0 / 146097;
            uint256 dayOfEra = sinceMarch0 % 146097;
            uint256 yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
            uint256 dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
            uint256 monthFromMarch = (5 * dayOfYear + 2) / 153;
            uint256 dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
            uint256 month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
            uint256 year = era * 400 + yearOfEra + (month < 3 ? 1 : 0);
            return year * 10000 + month * 100 + dayOfMonth;
        }
    }
}
