pragma circom 2.2.0;

include "circomlib/circuits/comparators.circom";
include "circomlib/circuits/poseidon.circom";
include "../generated/parameters.circom";
include "ranges.circom";

// A policy is words. Their layout is the same in every size of circuit, and so is the hash: whatever a policy's hash
// says to eligibility-s it says to eligibility-l.

/// @notice One predicate's two words, every field within its width.
/// @input flags windowed, fromRelative, toRelative, anyValue, age, ageLimited.
/// @input minimumCount For AVERAGE one less than the least number of attributes, so that 0 attributes never have a mean.
/// @input from, to Days + 2^17, or days before today where relative (below 2^17).
/// @output wordA minimumCount 13 | maximumCount 13 | kind 3 | flags 6 | category 8 | system 8 | codeLow 64 | codeHigh 64 | from 20 | to 20
/// @output wordB valueLow 64 | valueHigh 64
template PredicateWords() {
    signal input kind;
    signal input flags[6];
    signal input category;
    signal input system;
    signal input codeLow;
    signal input codeHigh;
    signal input from;
    signal input to;
    signal input valueLow;
    signal input valueHigh;
    signal input minimumCount;
    signal input maximumCount;

    signal output wordA;
    signal output wordB;
    signal output {binary} kindBit[3];
    signal output {binary} flag[6];
    signal output {binary} categoryBit[4];
    signal output {binary} systemBit[8];
    signal output {maxbit} rangedCategory;
    signal output {maxbit} rangedSystem;
    signal output {maxbit} rangedCodeLow;
    signal output {maxbit} rangedCodeHigh;
    signal output {maxbit} rangedFrom;
    signal output {maxbit} rangedTo;
    signal output {maxbit} rangedValueLow;
    signal output {maxbit} rangedValueHigh;
    signal output {maxbit} rangedMinimumCount;
    signal output {maxbit} rangedMaximumCount;

    var codeBits = KEY_BITS_CODE();
    var dayBits = DAY_BITS();
    var valueBits = VALUE_BITS();
    var countBits = POLICY_BITS_COUNT();

    // 1. Each field fits its width: a word has one reading.
    signal {maxbit} rangedKind;
    (rangedKind, kindBit) <== RangedBits(3)(kind);
    for (var i = 0; i < 6; i++) flag[i] <== Binary()(flags[i]);
    (rangedCategory, categoryBit) <== RangedBits(4)(category); // of its 8 bits; there are no categories from 16 on
    (rangedSystem, systemBit) <== RangedBits(8)(system);
    rangedCodeLow <== Ranged(codeBits)(codeLow);
    rangedCodeHigh <== Ranged(codeBits)(codeHigh);
    signal {binary} fromBit[dayBits];
    (rangedFrom, fromBit) <== RangedBits(dayBits)(from);
    signal {binary} toBit[dayBits];
    (rangedTo, toBit) <== RangedBits(dayBits)(to);
    signal {binary} valueLowBit[valueBits];
    (rangedValueLow, valueLowBit) <== RangedBits(valueBits)(valueLow);
    signal {binary} valueHighBit[valueBits];
    (rangedValueHigh, valueHighBit) <== RangedBits(valueBits)(valueHigh);
    rangedMinimumCount <== Ranged(countBits)(minimumCount);
    rangedMaximumCount <== Ranged(countBits)(maximumCount);

    // 2. Days counted back stay below 2^17, so that today minus them is a day.
    flag[1] * (fromBit[17] + fromBit[18] + fromBit[19]) === 0;
    flag[2] * (toBit[17] + toBit[18] + toBit[19]) === 0;

    // 3. An age is about the birth date and nothing else, its years (times 10,000) stay below 2^21, and where it has no
    //    upper limit the birth date must still be a date.
    var birthPrefix = (CATEGORY_DEMOGRAPHIC() * 256 + SYSTEM_LOINC()) * (1 << codeBits) + BIRTH_DATE_CODE();
    var highBitsOfLow = 0;
    var highBitsOfHigh = 0;
    for (var i = 21; i < valueBits; i++) {
        highBitsOfLow += valueLowBit[i];
        highBitsOfHigh += valueHighBit[i];
    }
    flag[4] * ((rangedCategory * 256 + rangedSystem) * (1 << codeBits) + rangedCodeLow - birthPrefix) === 0;
    flag[4] * (rangedCodeHigh - BIRTH_DATE_CODE()) === 0;
    flag[4] * (rangedKind - KIND_ANY()) === 0;
    flag[4] * highBitsOfHigh === 0;
    flag[5] * (1 - flag[4]) === 0;
    flag[5] * highBitsOfLow === 0;
    (flag[4] - flag[5]) * (rangedValueLow - BIRTH_DATE_EARLIEST()) === 0;

    // 4. The words.
    var counts = rangedMinimumCount * (1 << countBits) + rangedMaximumCount;
    var flagNumber = 0;
    for (var i = 0; i < 6; i++) flagNumber = flagNumber * 2 + flag[i];
    var kinds = (counts * 8 + rangedKind) * 64 + flagNumber;
    var codes = (((kinds * 256 + rangedCategory) * 256 + rangedSystem) * (1 << codeBits) + rangedCodeLow)
        * (1 << codeBits) + rangedCodeHigh;
    wordA <== (codes * (1 << dayBits) + rangedFrom) * (1 << dayBits) + rangedTo;
    wordB <== rangedValueLow * (1 << valueBits) + rangedValueHigh;
}

/// @notice What the policy asks of issuer and record, and my record is that.
/// @input completeFrom Day + 2^17, or days before today where relative.
/// @output word blind 128 | roles 16 | categories 16 | systems 24 | setsEdition 16 | completeFromRelative 1 | completeFrom 20 | maximumAgeDays 20
/// @output requiredCategory, requiredSystem Bits of what the record must be complete for, hence is.
template PolicyHeader() {
    signal input {maxbit} today;
    signal input {binary} issuerRole[16];
    signal input {binary} completeCategory[COMPLETE_BITS_CATEGORIES()];
    signal input {binary} completeSystem[COMPLETE_BITS_SYSTEMS()];
    signal input {maxbit} recordSetsEdition;
    signal input {maxbit} completeSince;
    signal input {maxbit} asOf;

    signal input roles;
    signal input categories;
    signal input systems;
    signal input setsEdition;
    signal input completeFromRelative;
    signal input completeFrom;
    signal input maximumAgeDays;
    signal input blind;

    signal output word;
    signal output {binary} requiredCategory[COMPLETE_BITS_CATEGORIES()];
    signal output {binary} requiredSystem[COMPLETE_BITS_SYSTEMS()];

    var dayBits = DAY_BITS();

    // 1. The issuer has one of the accepted roles.
    signal {maxbit} rangedRoles;
    signal {binary} acceptedRole[16];
    (rangedRoles, acceptedRole) <== RangedBits(16)(roles);
    signal shared[16];
    var sharedRoles = 0;
    for (var i = 0; i < 16; i++) {
        shared[i] <== acceptedRole[i] * issuerRole[i];
        sharedRoles += shared[i];
    }
    signal noSharedRole <== IsZero()(sharedRoles);
    noSharedRole === 0;

    // 2. The record is complete for every required category and system, ...
    signal {maxbit} rangedCategories;
    (rangedCategories, requiredCategory) <== RangedBits(COMPLETE_BITS_CATEGORIES())(categories);
    for (var i = 0; i < COMPLETE_BITS_CATEGORIES(); i++) requiredCategory[i] * (1 - completeCategory[i]) === 0;
    signal {maxbit} rangedSystems;
    (rangedSystems, requiredSystem) <== RangedBits(COMPLETE_BITS_SYSTEMS())(systems);
    for (var i = 0; i < COMPLETE_BITS_SYSTEMS(); i++) requiredSystem[i] * (1 - completeSystem[i]) === 0;

    // 3. ... was matched against this edition of the value sets or a later one, ...
    signal {maxbit} rangedSetsEdition <== Ranged(COMPLETE_BITS_SETS_EDITION())(setsEdition);
    AssertAtMost(COMPLETE_BITS_SETS_EDITION())(rangedSetsEdition, recordSetsEdition);

    // 4. ... and is complete since the required day or longer. Days counted back stay below 2^17.
    signal {binary} relative <== Binary()(completeFromRelative);
    signal {maxbit} rangedFrom;
    signal {binary} fromBit[dayBits];
    (rangedFrom, fromBit) <== RangedBits(dayBits)(completeFrom);
    relative * (fromBit[17] + fromBit[18] + fromBit[19]) === 0;
    signal {maxbit} from;
    from.maxbit = dayBits;
    from <== rangedFrom + relative * (today - 2 * rangedFrom);
    AssertAtMost(dayBits)(completeSince, from);

    // 5. The record is not older than the policy allows.
    signal {maxbit} rangedMaximumAge <== Ranged(dayBits)(maximumAgeDays);
    signal {maxbit} age <== Ranged(dayBits)(today - asOf);
    AssertAtMost(dayBits)(age, rangedMaximumAge);

    // 6. The word.
    signal {maxbit} rangedBlind <== Ranged(POLICY_BITS_BLIND())(blind);
    var requirement = (((rangedBlind * (1 << 16) + rangedRoles) * (1 << 16) + rangedCategories) * (1 << 24)
        + rangedSystems) * (1 << 16) + rangedSetsEdition;
    word <== ((requirement * 2 + relative) * (1 << dayBits) + rangedFrom) * (1 << dayBits) + rangedMaximumAge;
}

/// @notice Of each clause's predicates, as many hold as the clause asks for.
/// @input holds Whether each slot's predicate is true.
/// @input used, boundary Slots the policy uses; slots that only lend their opening to the slot above.
/// @input thresholds 5 bits each; 0 where there is no such clause.
/// @input masks Bit i: the clause counts slot i.
/// @output word Clause c at bit 21 c: threshold 5 | mask 16.
template Clauses(slots, clauses) {
    signal input {binary} holds[slots];
    signal input {binary} used[slots];
    signal input {binary} boundary[slots];
    signal input thresholds[clauses];
    signal input masks[clauses];
    signal output word;

    var thresholdBits = POLICY_BITS_THRESHOLD();
    var maskBits = POLICY_BITS_CLAUSE_MASK();
    signal {maxbit} mask[clauses];
    signal {maxbit} threshold[clauses];
    signal {binary} counts[clauses][slots];
    signal counted[clauses][slots];
    signal absent[clauses];
    var words = 0;
    for (var c = 0; c < clauses; c++) {
        // 1. The clause names slots, and asks for at least one of them. One that asks for none names none.
        (mask[c], counts[c]) <== RangedBits(slots)(masks[c]);
        threshold[c] <== Ranged(thresholdBits)(thresholds[c]);
        absent[c] <== IsZero()(threshold[c]);
        absent[c] * mask[c] === 0;

        // 2. As many of them hold.
        var holding = 0;
        for (var i = 0; i < slots; i++) {
            counted[c][i] <== counts[c][i] * holds[i];
            holding += counted[c][i];
        }
        _ <== Num2Bits(thresholdBits)(holding - threshold[c]);

        words += (threshold[c] * (1 << maskBits) + mask[c]) * (1 << (c * (thresholdBits + maskBits)));
    }
    word <== words;

    // 3. There is a clause, every used slot but a boundary is in one, and no other slot is.
    absent[0] === 0;
    signal unmentioned[slots];
    signal counting[slots];
    for (var i = 0; i < slots; i++) {
        var mentions = 0;
        for (var c = 0; c < clauses; c++) mentions += counts[c][i];
        unmentioned[i] <== IsZero()(mentions);
        counting[i] <== used[i] * (1 - boundary[i]);
        counting[i] * unmentioned[i] === 0;
        (1 - used[i]) * mentions === 0;
    }
}
