pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";

// Every number that is compared carries the tag {maxbit}: it lies in [0, 2^maxbit). Only the templates of this file
// hand the tag out, so a comparison of a number nobody range-checked does not compile.

/// @notice `in` lies in [0, 2^bits), and is from now on known to.
/// @param bits At most 253: above it a number would have two readings modulo the field order.
template Ranged(bits) {
    assert(bits <= 253);
    signal input in;
    signal output {maxbit} out;

    _ <== Num2Bits(bits)(in);
    out.maxbit = bits;
    out <== in;
}

/// @notice Like Ranged, and tells the bits, lowest first.
template RangedBits(bits) {
    assert(bits <= 253);
    signal input in;
    signal output {maxbit} out;
    signal output {binary} bit[bits];

    component decomposition = Num2Bits(bits);
    decomposition.in <== in;
    for (var i = 0; i < bits; i++) bit[i] <== decomposition.out[i];
    out.maxbit = bits;
    out <== in;
}

/// @notice `in` is 0 or 1.
template Binary() {
    signal input in;
    signal output {binary} out;

    in * (in - 1) === 0;
    out <== in;
}

/// @notice `high` and `low` side by side: high * 2^lowBits + low.
template Joined(highBits, lowBits) {
    signal input {maxbit} high;
    signal input {maxbit} low;
    signal output {maxbit} out;

    assert(high.maxbit <= highBits);
    assert(low.maxbit <= lowBits);
    out.maxbit = highBits + lowBits;
    out <== high * (1 << lowBits) + low;
}

/// @notice `whenSet` if `selector` is 1, else `otherwise`.
template Selected() {
    signal input {binary} selector;
    signal input {maxbit} whenSet;
    signal input {maxbit} otherwise;
    signal output {maxbit} out;

    out.maxbit = whenSet.maxbit > otherwise.maxbit ? whenSet.maxbit : otherwise.maxbit;
    out <== otherwise + selector * (whenSet - otherwise);
}

/// @notice `factor` * `in`.
template Product() {
    signal input {maxbit} in;
    signal input {maxbit} factor;
    signal output {maxbit} out;

    assert(in.maxbit + factor.maxbit <= 252);
    out.maxbit = in.maxbit + factor.maxbit;
    out <== in * factor;
}

/// @notice A constant, known to fit its bits.
template Constant(value, bits) {
    assert(value < (1 << bits));
    signal output {maxbit} out;

    out.maxbit = bits;
    out <== value;
}

/// @notice 1 if a < b, else 0.
/// @param bits At least the maxbit of both.
template IsLess(bits) {
    assert(bits <= 252);
    signal input {maxbit} a;
    signal input {maxbit} b;
    signal output {binary} out;

    assert(a.maxbit <= bits);
    assert(b.maxbit <= bits);
    // 2^bits + a - b lies in [1, 2^(bits + 1)): its top bit says whether a >= b.
    component difference = Num2Bits(bits + 1);
    difference.in <== (1 << bits) + a - b;
    out <== 1 - difference.out[bits];
}

/// @notice a <= b, or there is no proof.
template AssertAtMost(bits) {
    assert(bits <= 252);
    signal input {maxbit} a;
    signal input {maxbit} b;

    assert(a.maxbit <= bits);
    assert(b.maxbit <= bits);
    // Were a > b, b - a would be p - (a - b), far above 2^bits.
    _ <== Num2Bits(bits)(b - a);
}

/// @notice `options[index]`, index given by its bits, lowest first.
template Choice(bits) {
    signal input {binary} index[bits];
    signal input options[1 << bits];
    signal output out;

    var width = 1 << bits;
    signal rows[bits + 1][1 << bits];
    for (var i = 0; i < width; i++) rows[0][i] <== options[i];
    for (var level = 0; level < bits; level++) {
        width = width / 2;
        for (var i = 0; i < width; i++) {
            rows[level + 1][i] <== rows[level][2 * i] + index[level] * (rows[level][2 * i + 1] - rows[level][2 * i]);
        }
        for (var i = width; i < (1 << bits); i++) rows[level + 1][i] <== 0;
    }
    out <== rows[bits][0];
}
