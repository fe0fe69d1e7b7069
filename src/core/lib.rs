//! Language, planner and engine.
