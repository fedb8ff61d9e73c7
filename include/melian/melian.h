#pragma once
/// All doors at once.
#include "melian/base.h"
#include "melian/beliefs.h"
#include "melian/certify.h"
#include "melian/game.h"
#include "melian/language.h"
#include "melian/numeric.h"
#include "melian/report.h"
#include "melian/solve.h"
#include "melian/study.h"
#include "melian/tree.h"
