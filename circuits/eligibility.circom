pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";
include "generated/parameters.circom";
include "lib/credential.circom";
include "lib/occasion.circom";
include "lib/policy.circom";
include "lib/predicate.circom";
include "lib/ranges.circom";

/// @notice A record of mine, signed by an issuer that is valid now, neither revoked nor expired, meets this policy.
/// @param slots Predicates at most; COUNT and AVERAGE take two slots. @param clauses Clauses at most.
/// @output nullifier Poseidon(ELIGIBILITY, holderSecret, scope): one use in one scope.
/// @output issuersRoot Root of the tree of valid issuers that the signature was checked against.
/// @output policyHash The policy that is met.
/// @input context Hash of chain, contract, request, consent, payload and deadline this proof is made for.
/// @input occasion scope 160 | yyyymmdd 27 | day 20 | venue 40, the contract's word.
template Eligibility(slots, clauses) {
    var depth = TREE_DEPTH();

    signal input context;
    signal input occasion;
    signal output nullifier;
    signal output issuersRoot;
    signal output policyHash;

    // Of the occasion
    signal input scope;
    signal input date; // yyyymmdd
    signal input today; // day + 2^17

    // Of the patient and the credential
    signal input holderSecret;
    signal input issuerKey[2];
    signal input issuerRoles; // 16 bits
    signal input issuerValidUntil; // day + 2^17
    signal input issuerPosition; // 12 bits
    signal input issuerChildren[depth][4];
    signal input recordRoot;
    signal input leafCount;
    signal input completeCategories; // 16 bits
    signal input completeSystems; // 24 bits
    signal input setsEdition; // 16 bits
    signal input completeSince; // day + 2^17
    signal input asOf; // day + 2^17
    signal input expires; // day + 2^17
    signal input statusIndex; // leaf 12 | bit 8
    signal input signatureR8[2];
    signal input signatureS;
    signal input statusWord; // 248 bits
    signal input statusChildren[depth][4];

    // Of the policy: header, predicates, clauses
    signal input slotUsed[slots]; // 1 for the slots the policy uses, which come first
    signal input policyRoles; // 16 bits
    signal input policyCategories; // 16 bits
    signal input policySystems; // 24 bits
    signal input policySetsEdition; // 16 bits
    signal input policyCompleteFromRelative; // 0 or 1
    signal input policyCompleteFrom; // day + 2^17, or days before today
    signal input policyMaximumAgeDays; // 20 bits
    signal input policyBlind; // 128 bits
    signal input predicateKind[slots];
    signal input predicateFlags[slots][6]; // windowed, fromRelative, toRelative, anyValue, age, ageLimited
    signal input predicateCategory[slots];
    signal input predicateSystem[slots];
    signal input predicateCodeLow[slots];
    signal input predicateCodeHigh[slots];
    signal input predicateFrom[slots];
    signal input predicateTo[slots];
    signal input predicateValueLow[slots];
    signal input predicateValueHigh[slots];
    signal input predicateMinimumCount[slots];
    signal input predicateMaximumCount[slots];
    signal input clauseThreshold[clauses];
    signal input clauseMask[clauses];

    // Of the record: one opened leaf a slot
    signal input leafKey[slots];
    signal input leafValue[slots];
    signal input leafNextKey[slots];
    signal input leafRunningSum[slots];
    signal input leafDetail[slots];
    signal input leafSalt[slots];
    signal input leafIndex[slots];
    signal input leafChildren[slots][depth][4];

    // 1. The contract says which scope and which day this is.
    signal {maxbit} rangedDate;
    signal {maxbit} rangedToday;
    (rangedDate, rangedToday) <== Occasion()(occasion, scope, date, today);

    // 2. A valid issuer signed a credential about me that is alive today.
    component credential = ValidCredential();
    credential.today <== rangedToday;
    credential.holderSecret <== holderSecret;
    credential.issuerKey <== issuerKey;
    credential.issuerRoles <== issuerRoles;
    credential.issuerValidUntil <== issuerValidUntil;
    credential.issuerPosition <== issuerPosition;
    credential.issuerChildren <== issuerChildren;
    credential.recordRoot <== recordRoot;
    credential.leafCount <== leafCount;
    credential.completeCategories <== completeCategories;
    credential.completeSystems <== completeSystems;
    credential.setsEdition <== setsEdition;
    credential.completeSince <== completeSince;
    credential.asOf <== asOf;
    credential.expires <== expires;
    credential.statusIndex <== statusIndex;
    credential.signatureR8 <== signatureR8;
    credential.signatureS <== signatureS;
    credential.statusWord <== statusWord;
    credential.statusChildren <== statusChildren;
    issuersRoot <== credential.issuersRoot;

    // 3. Issuer and record are what the policy's header asks for.
    component header = PolicyHeader();
    header.today <== rangedToday;
    header.issuerRole <== credential.roleBit;
    header.completeCategory <== credential.categoryBit;
    header.completeSystem <== credential.systemBit;
    header.recordSetsEdition <== credential.rangedSetsEdition;
    header.completeSince <== credential.rangedCompleteSince;
    header.asOf <== credential.rangedAsOf;
    header.roles <== policyRoles;
    header.categories <== policyCategories;
    header.systems <== policySystems;
    header.setsEdition <== policySetsEdition;
    header.completeFromRelative <== policyCompleteFromRelative;
    header.completeFrom <== policyCompleteFrom;
    header.maximumAgeDays <== policyMaximumAgeDays;
    header.blind <== policyBlind;

    // 4. The policy uses the first slots, at least one. A slot it does not use has no kind.
    signal {binary} used[slots];
    var slotCount = 0;
    for (var i = 0; i < slots; i++) {
        used[i] <== Binary()(slotUsed[i]);
        slotCount += used[i];
        (1 - used[i]) * predicateKind[i] === 0;
        if (i > 0) used[i] * (1 - used[i - 1]) === 0;
    }
    used[0] === 1;

    // 5. Each slot has a predicate and an opened leaf of the record.
    component words[slots];
    component kind[slots];
    component range[slots];
    component opening[slots];
    for (var i = 0; i < slots; i++) {
        words[i] = PredicateWords();
        words[i].kind <== predicateKind[i];
        words[i].flags <== predicateFlags[i];
        words[i].category <== predicateCategory[i];
        words[i].system <== predicateSystem[i];
        words[i].codeLow <== predicateCodeLow[i];
        words[i].codeHigh <== predicateCodeHigh[i];
        words[i].from <== predicateFrom[i];
        words[i].to <== predicateTo[i];
        words[i].valueLow <== predicateValueLow[i];
        words[i].valueHigh <== predicateValueHigh[i];
        words[i].minimumCount <== predicateMinimumCount[i];
        words[i].maximumCount <== predicateMaximumCount[i];

        kind[i] = Kind();
        kind[i].bit <== words[i].kindBit;

        range[i] = KeyRange();
        range[i].today <== rangedToday;
        range[i].isAny <== kind[i].isAny;
        range[i].isLatest <== kind[i].isLatest;
        range[i].isAverage <== kind[i].isAverage;
        for (var j = 0; j < 3; j++) range[i].flag[j] <== words[i].flag[j];
        range[i].category <== words[i].rangedCategory;
        range[i].system <== words[i].rangedSystem;
        range[i].codeLow <== words[i].rangedCodeLow;
        range[i].codeHigh <== words[i].rangedCodeHigh;
        range[i].from <== words[i].rangedFrom;
        range[i].to <== words[i].rangedTo;

        opening[i] = Opening();
        opening[i].recordRoot <== recordRoot;
        opening[i].key <== leafKey[i];
        opening[i].value <== leafValue[i];
        opening[i].nextKey <== leafNextKey[i];
        opening[i].runningSum <== leafRunningSum[i];
        opening[i].detail <== leafDetail[i];
        opening[i].salt <== leafSalt[i];
        opening[i].index <== leafIndex[i];
        opening[i].children <== leafChildren[i];
    }

    // 6. COUNT and AVERAGE take the slot below, which has no kind of its own, for the leaf before their range: they
    //    lend it their start, so that it is a boundary when it lies before it and the next leaf does not.
    signal {binary} lends[slots + 1];
    signal {maxbit} start[slots];
    signal {maxbit} end[slots];
    for (var i = 0; i < slots; i++) {
        lends[i] <== kind[i].isPair;
        if (i > 0) lends[i] * predicateKind[i - 1] === 0;
    }
    lends[0] === 0;
    lends[slots] <== 0;
    for (var i = 0; i < slots; i++) {
        if (i + 1 < slots) {
            start[i] <== Selected()(lends[i + 1], range[i + 1].start, range[i].start);
            end[i] <== Selected()(lends[i + 1], range[i + 1].start, range[i].end);
        } else {
            start[i] <== range[i].start;
            end[i] <== range[i].end;
        }
    }

    // 7. Each predicate holds or does not.
    component completeFor[slots];
    component predicate[slots];
    signal {binary} before[slots];
    signal {binary} beforeEnd[slots];
    signal {binary} nextBeforeEnd[slots];
    signal {binary} noSlotBelow <== 0;
    for (var i = 0; i < slots; i++) {
        before[i] <== IsLess(KEY_BITS())(opening[i].rangedKey, start[i]);
        beforeEnd[i] <== IsLess(KEY_BITS() + 1)(opening[i].rangedKey, end[i]);
        nextBeforeEnd[i] <== IsLess(KEY_BITS() + 1)(opening[i].rangedNextKey, end[i]);

        completeFor[i] = CompleteFor();
        completeFor[i].requiredCategory <== header.requiredCategory;
        completeFor[i].requiredSystem <== header.requiredSystem;
        completeFor[i].categoryBit <== words[i].categoryBit;
        completeFor[i].systemBit <== words[i].systemBit;

        predicate[i] = Holds(slots > 1 ? 1 : 0);
        predicate[i].date <== rangedDate;
        predicate[i].asOf <== credential.rangedAsOf;
        predicate[i].isAny <== kind[i].isAny;
        predicate[i].isLatest <== kind[i].isLatest;
        predicate[i].isNone <== kind[i].isNone;
        predicate[i].isAverage <== kind[i].isAverage;
        predicate[i].isPair <== kind[i].isPair;
        predicate[i].flag <== words[i].flag;
        predicate[i].complete <== completeFor[i].out;
        predicate[i].valueLow <== words[i].rangedValueLow;
        predicate[i].valueHigh <== words[i].rangedValueHigh;
        predicate[i].minimumCount <== words[i].rangedMinimumCount;
        predicate[i].maximumCount <== words[i].rangedMaximumCount;
        predicate[i].value <== opening[i].rangedValue;
        predicate[i].day <== opening[i].day;
        predicate[i].partialDay <== opening[i].partialDay;
        predicate[i].bounded <== opening[i].bounded;
        predicate[i].before <== before[i];
        predicate[i].beforeEnd <== beforeEnd[i];
        predicate[i].nextBeforeEnd <== nextBeforeEnd[i];
        predicate[i].prefix <== range[i].prefix;
        predicate[i].openedPrefix <== opening[i].prefix;
        predicate[i].runningSum <== leafRunningSum[i];
        predicate[i].index <== opening[i].rangedIndex;
        if (i > 0) {
            predicate[i].belowIsBoundary <== predicate[i - 1].isBoundary;
            predicate[i].boundaryPrefix <== opening[i - 1].prefix;
            predicate[i].boundaryRunningSum <== leafRunningSum[i - 1];
            predicate[i].boundaryIndex <== opening[i - 1].rangedIndex;
        } else {
            predicate[i].belowIsBoundary <== noSlotBelow;
            predicate[i].boundaryPrefix <== 0;
            predicate[i].boundaryRunningSum <== 0;
            predicate[i].boundaryIndex <== opening[i].rangedIndex;
        }
    }

    // 8. Of each clause's predicates, enough hold.
    component clause = Clauses(slots, clauses);
    for (var i = 0; i < slots; i++) {
        clause.holds[i] <== predicate[i].out;
        clause.used[i] <== used[i];
        clause.boundary[i] <== lends[i + 1];
    }
    clause.thresholds <== clauseThreshold;
    clause.masks <== clauseMask;

    // 9. This is the policy of that hash: a chain over its version, header, clauses and used slots.
    signal chain[slots + 1];
    signal link[slots];
    chain[0] <== Poseidon(5)([TAG_POLICY(), POLICY_VERSION(), slotCount, header.word, clause.word]);
    for (var i = 0; i < slots; i++) {
        link[i] <== Poseidon(3)([chain[i], words[i].wordA, words[i].wordB]);
        chain[i + 1] <== chain[i] + used[i] * (link[i] - chain[i]);
    }
    policyHash <== chain[slots];

    // 10. One use per scope, ...
    nullifier <== EligibilityNullifier()(holderSecret, scope);

    // 11. ... in this context and no other. The square ties the context to the proof.
    signal contextSquared <== context * context;
}
