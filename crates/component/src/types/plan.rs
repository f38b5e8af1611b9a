//! How a function is called across the canonical ABI: what is passed in core values and what in memory, decided once per
//! type.

use super::layout::Flat;
use super::table::{FuncDef, RecordKind, TypeIndex, TypeTable};
use sarsen::Result;

/// Core values that parameters may take before they are passed in memory.
const MAX_FLAT_PARAMS: usize = 16;
/// Core values that a result may take before it is passed in memory.
const MAX_FLAT_RESULTS: usize = 1;

/// The plan of a function type.
#[derive(Clone, Debug)]
pub(crate) struct FuncPlan {
    /// The parameters, as a tuple.
    pub(crate) params: TypeIndex,
    /// The result, as a tuple of one or none.
    pub(crate) results: TypeIndex,
    /// The core values of the parameters, if they are passed as such.
    pub(crate) flat_params: Option<Box<[Flat]>>,
    /// The core values of the result, if it is returned as such.
    pub(crate) flat_results: Option<Box<[Flat]>>,
    /// Whether handles are lent for the time of a call.
    pub(crate) has_borrows: bool,
}

impl FuncPlan {
    pub(super) fn of(def: &FuncDef, types: &mut TypeTable) -> Result<FuncPlan> {
        let params = types.add_record(def.params.iter().cloned(), RecordKind::Tuple)?;
        let results = types.add_tuple(def.result)?;
        let flat = |ty, max| types.layout(ty).flat.clone().filter(|flat| flat.len() <= max);
        Ok(FuncPlan {
            params,
            results,
            flat_params: flat(params, MAX_FLAT_PARAMS),
            flat_results: flat(results, MAX_FLAT_RESULTS),
            has_borrows: types.layout(params).has_borrows,
        })
    }

    /// Slots that the parameters take.
    pub(crate) fn param_slots(&self) -> usize {
        self.flat_params.as_ref().map_or(1, |flat| flat.len())
    }
}
