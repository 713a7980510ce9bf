pragma circom 2.2.0;

include "circomlib/circuits/comparators.circom";
include "circomlib/circuits/poseidon.circom";
include "../generated/parameters.circom";
include "ranges.circom";
include "tree.circom";

/// @notice One leaf of my record, opened.
/// @input index Its place in the record, 12 bits.
/// @output day Day + 2^17 of the attribute; 0 for demographics.
template Opening() {
    var depth = TREE_DEPTH();
    signal input recordRoot;
    signal input key;
    signal input value;
    signal input nextKey;
    signal input runningSum;
    signal input detail;
    signal input salt;
    signal input index;
    signal input children[depth][4];

    signal output {maxbit} rangedKey;
    signal output {maxbit} rangedNextKey;
    signal output {maxbit} rangedValue;
    signal output {maxbit} rangedIndex;
    signal output {maxbit} day;
    signal output {binary} partialDay;
    signal output {binary} bounded;
    signal output prefix;

    // 1. The leaf is in the record.
    signal leaf <== Poseidon(7)([TAG_RECORD_LEAF(), key, value, nextKey, runningSum, detail, salt]);
    signal {binary} position[2 * depth];
    (rangedIndex, position) <== RangedBits(2 * depth)(index);
    signal root <== TreeRoot(depth)(leaf, position, children);
    root === recordRoot;

    // 2. Its fields: category 8 | system 8 | code 64 | day 20 | rank 10 | partialDay 1 | bounded 1.
    signal {binary} keyBit[KEY_BITS()];
    (rangedKey, keyBit) <== RangedBits(KEY_BITS())(key);
    rangedNextKey <== Ranged(KEY_BITS())(nextKey);
    rangedValue <== Ranged(VALUE_BITS())(value);
    bounded <== keyBit[0];
    partialDay <== keyBit[1];
    var dayNumber = 0;
    for (var i = 0; i < DAY_BITS(); i++) dayNumber += keyBit[12 + i] * (1 << i);
    day.maxbit = DAY_BITS();
    day <== dayNumber;
    var prefixNumber = 0;
    for (var i = 32; i < KEY_BITS(); i++) prefixNumber += keyBit[i] * (1 << (i - 32));
    prefix <== prefixNumber;
}

/// @notice Which kind a predicate is. 6 and 7 are no kinds.
template Kind() {
    signal input {binary} bit[3];
    signal output {binary} isAny;
    signal output {binary} isLatest;
    signal output {binary} isNone;
    signal output {binary} isAverage;
    signal output {binary} isPair; // COUNT or AVERAGE

    bit[2] * bit[1] === 0;
    isNone <== bit[1] * bit[0];
    isLatest <== bit[1] - isNone;
    isAverage <== bit[2] * bit[0];
    isAny <== bit[0] - isNone - isAverage;
    isPair <== bit[2];
}

/// @notice The keys a predicate ranges over: [start, end).
/// @input flag windowed, fromRelative, toRelative.
/// @dev Only ANY may end before today; the others see to the end of the record, so nothing can hide after today.
template KeyRange() {
    signal input {maxbit} today;
    signal input {binary} isAny;
    signal input {binary} isLatest;
    signal input {binary} isAverage;
    signal input {binary} flag[3];
    signal input {maxbit} category;
    signal input {maxbit} system;
    signal input {maxbit} codeLow;
    signal input {maxbit} codeHigh;
    signal input {maxbit} from;
    signal input {maxbit} to;
    signal output {maxbit} start;
    signal output {maxbit} end;
    signal output prefix; // of the range's first code

    var lastDay = (1 << DAY_BITS()) - 1;

    // 1. Where days order attributes, there is one code: between two codes days start over.
    (flag[0] + isLatest + isAverage) * (codeHigh - codeLow) === 0;

    // 2. The window, in days. Counting back from today stays above 0: today >= 2^17 > days counted back.
    signal {maxbit} fromDay;
    fromDay.maxbit = DAY_BITS();
    fromDay <== from + flag[1] * (today - 2 * from);
    signal toDay <== to + flag[2] * (today - 2 * to);
    signal first <== flag[0] * fromDay;
    signal endsEarly <== flag[0] * isAny;
    signal last <== lastDay + endsEarly * (toDay - lastDay);

    // 3. From the first rank of the first day to behind the last rank of the last.
    var kindOfCode = (category * 256 + system) * (1 << KEY_BITS_CODE());
    prefix <== kindOfCode + codeLow;
    start.maxbit = KEY_BITS();
    start <== (prefix * (1 << DAY_BITS()) + first) * (1 << 12);
    end.maxbit = KEY_BITS() + 1;
    end <== ((kindOfCode + codeHigh) * (1 << DAY_BITS()) + last) * (1 << 12) + (1 << 12);
}

/// @notice The record is complete for this category and system, as the policy demands of it.
/// @input required Bits of the policy's header. System 32 and above share one bit; 24 to 31 do not exist.
template CompleteFor() {
    signal input {binary} requiredCategory[COMPLETE_BITS_CATEGORIES()];
    signal input {binary} requiredSystem[COMPLETE_BITS_SYSTEMS()];
    signal input {binary} categoryBit[4];
    signal input {binary} systemBit[8];
    signal output {binary} out;

    component category = Choice(4);
    category.index <== categoryBit;
    for (var i = 0; i < 16; i++) category.options[i] <== requiredCategory[i];

    component system = Choice(5);
    for (var i = 0; i < 5; i++) system.index[i] <== systemBit[i];
    for (var i = 0; i < 32; i++) {
        if (i < SYSTEMS_FROM_32_BIT()) system.options[i] <== requiredSystem[i];
        else system.options[i] <== 0;
    }
    signal below32 <== IsZero()(systemBit[5] + systemBit[6] + systemBit[7]);
    signal systemIs <== requiredSystem[SYSTEMS_FROM_32_BIT()] + below32 * (system.out - requiredSystem[SYSTEMS_FROM_32_BIT()]);

    out <== category.out * systemIs;
}

/// @notice a is at most x is at most b, all below 2^bits.
template Within(bits) {
    signal input {maxbit} low;
    signal input {maxbit} x;
    signal input {maxbit} high;
    signal output {binary} out;

    signal {binary} below <== IsLess(bits)(x, low);
    signal {binary} above <== IsLess(bits)(high, x);
    out <== (1 - below) * (1 - above);
}

/// @notice How many attributes lie behind the boundary up to this opening, and what their values sum to.
/// @input inside This is a COUNT or AVERAGE; the slot below opened the last leaf before its range, this slot the last
///        leaf before its end.
/// @input summed Whether the sum is asked for: there is one code then.
/// @dev Running sums are per code, so a leaf of another code contributes none. Gated by `inside`, so that openings in
///      falling order make the predicate false and not the witness impossible.
/// @output sum Sum of values below 2^76, plus 2^76 for each attribute marked bounded or partialDay.
template CountAndSum() {
    signal input {binary} inside;
    signal input {binary} summed;
    signal input prefix;
    signal input openedPrefix;
    signal input runningSum;
    signal input {maxbit} index;
    signal input boundaryPrefix;
    signal input boundaryRunningSum;
    signal input {maxbit} boundaryIndex;
    signal output {maxbit} count;
    signal output {maxbit} sum;

    count <== Ranged(POLICY_BITS_COUNT())(inside * (index - boundaryIndex));

    signal sameCode <== IsEqual()([openedPrefix, prefix]);
    signal upTo <== sameCode * runningSum;
    signal sameCodeBelow <== IsEqual()([boundaryPrefix, prefix]);
    signal before <== sameCodeBelow * boundaryRunningSum;
    signal asked <== inside * summed;
    sum <== Ranged(SUM_BITS())(asked * (upTo - before));
}

/// @notice Whether a predicate of kind ANY, LATEST, NONE, COUNT or AVERAGE is true.
/// @param pairs 1 where COUNT and AVERAGE, which take the slot below as well, can be asked.
/// @input before, beforeEnd, nextBeforeEnd The opened key lies before the range, before its end; so does the next key.
/// @input belowIsBoundary The slot below opened the last leaf before this range.
template Holds(pairs) {
    signal input {maxbit} date;
    signal input {maxbit} asOf;
    signal input {binary} isAny;
    signal input {binary} isLatest;
    signal input {binary} isNone;
    signal input {binary} isAverage;
    signal input {binary} isPair;
    signal input {binary} flag[6];
    signal input {binary} complete;
    signal input {maxbit} valueLow;
    signal input {maxbit} valueHigh;
    signal input {maxbit} minimumCount;
    signal input {maxbit} maximumCount;

    signal input {maxbit} value;
    signal input {maxbit} day;
    signal input {binary} partialDay;
    signal input {binary} bounded;
    signal input {binary} before;
    signal input {binary} beforeEnd;
    signal input {binary} nextBeforeEnd;
    signal input {binary} belowIsBoundary;

    signal input prefix;
    signal input openedPrefix;
    signal input runningSum;
    signal input {maxbit} index;
    signal input boundaryPrefix;
    signal input boundaryRunningSum;
    signal input {maxbit} boundaryIndex;

    signal output {binary} out;
    signal output {binary} isBoundary;

    // 1. Bounds of the value. An age counts back from today's date: at least a years is born at most date - a * 10000.
    signal {maxbit} low;
    low.maxbit = VALUE_BITS();
    low <== valueLow + flag[5] * (date - 2 * valueLow);
    signal {maxbit} high;
    high.maxbit = VALUE_BITS();
    high <== valueHigh + flag[4] * (date - 2 * valueHigh);

    // 2. What lies where. The opened leaf is in the range; it is the last one before the range's end; or it and the
    //    next one lie on either side of the range, so nothing is in it.
    signal {binary} inRange <== (1 - before) * beforeEnd;
    signal {binary} lastBeforeEnd <== beforeEnd * (1 - nextBeforeEnd);
    isBoundary <== before * (1 - nextBeforeEnd);

    // 3. Its value is within bounds, or for COUNT and AVERAGE the sum is within the bounds times the count. A mark adds
    //    2^76 to the sum, more than any bound times any count: no mean, no windowed count over marked attributes.
    signal {binary} within;
    signal pairHolds;
    if (pairs == 1) {
        signal {binary} belowLent <== isPair * belowIsBoundary;
        signal {binary} inside <== belowLent * lastBeforeEnd;
        signal {binary} summed <== flag[0] + isAverage - flag[0] * isAverage;
        signal {maxbit} count;
        signal {maxbit} sum;
        (count, sum) <== CountAndSum()(
            inside, summed, prefix, openedPrefix, runningSum, index, boundaryPrefix, boundaryRunningSum, boundaryIndex
        );
        signal {maxbit} measured <== Selected()(isPair, sum, value);
        signal {maxbit} one <== Constant(1, 1)();
        signal {maxbit} factor <== Selected()(isPair, count, one);
        signal {maxbit} lowTimes <== Product()(low, factor);
        signal {maxbit} highTimes <== Product()(high, factor);
        within <== Within(SUM_BITS())(lowTimes, measured, highTimes);

        // AVERAGE's least count is stated less one, so that no attributes have no mean.
        signal {maxbit} leastCount;
        leastCount.maxbit = POLICY_BITS_COUNT() + 1;
        leastCount <== minimumCount + isAverage;
        signal {binary} countWithin <== Within(POLICY_BITS_COUNT() + 1)(leastCount, count, maximumCount);
        signal measuredWithin <== countWithin * within;
        pairHolds <== inside * measuredWithin;
    } else {
        isPair === 0;
        belowIsBoundary === 0;
        within <== Within(VALUE_BITS())(low, value, high);
        pairHolds <== 0;
    }

    // 4. A bounded value meets only the full range.
    signal usable <== within * (1 - bounded);
    signal valueFits <== usable + flag[3] * (1 - usable);

    // 5. A day known only to the month does not place a fact in a window, make it the latest, or bound an age above.
    signal misplaced <== partialDay * (flag[0] + flag[5] + isLatest);
    signal placed <== IsZero()(misplaced);

    // 6. Nothing dated after the record's own day counts.
    signal {binary} fromTheFuture <== IsLess(DAY_BITS())(asOf, day);

    // 7. The predicate. All but ANY speak of what is not there, and need a record that is complete.
    signal placedInTime <== placed * (1 - fromTheFuture);
    signal fits <== valueFits * placedInTime;
    signal fact <== inRange * fits;
    signal latest <== fact * (1 - nextBeforeEnd);
    signal latestHolds <== isLatest * latest;
    signal none <== isNone * isBoundary;
    signal ofWhole <== (latestHolds + none + pairHolds) * complete;
    out <== isAny * fact + ofWhole;
}
