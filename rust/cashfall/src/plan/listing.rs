//! The readable listing of a plan.

use super::Plan;

/// The listing.
pub fn listing(plan: &Plan) -> String {
    let _ = plan;
    String::new()
}
