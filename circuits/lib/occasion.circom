pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";
include "../generated/parameters.circom";
include "ranges.circom";

/// @notice What the contract says about this use: scope 160 | yyyymmdd 27 | day 20 | venue 40, venue 0 here.
/// @dev Today is the contract's word, not the prover's. The two leading bits of date and day are fixed, which holds
///      from 1970 (day) to 2328 and costs nothing: today is never smaller than a number of days counted back from it.
/// @output date Today as yyyymmdd. @output today Today as days since 1970 + 2^17.
template Occasion() {
    signal input occasion;
    signal input scope;
    signal input date;
    signal input today;
    signal output {maxbit} rangedDate;
    signal output {maxbit} rangedToday;

    _ <== Num2Bits(OCCASION_BITS_SCOPE())(scope);
    // 2^24 <= yyyymmdd < 2^25: the years 1678 to 3355.
    _ <== Num2Bits(24)(date - (1 << 24));
    rangedDate.maxbit = 25;
    rangedDate <== date;
    // 2^17 <= day < 2^18: 1970 to 2328.
    _ <== Num2Bits(17)(today - (1 << 17));
    rangedToday.maxbit = 18;
    rangedToday <== today;

    occasion === ((scope * (1 << OCCASION_BITS_DATE()) + date) * (1 << OCCASION_BITS_DAY()) + today)
        * (1 << OCCASION_BITS_VENUE());
}

/// @notice The mark of one use: Poseidon(ELIGIBILITY, secret, scope). Equal for equal (secret, scope).
template EligibilityNullifier() {
    signal input secret;
    signal input scope;
    signal output nullifier <== Poseidon(3)([TAG_ELIGIBILITY(), secret, scope]);
}
