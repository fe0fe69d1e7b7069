//! The parts of `Reconcile` that are the same for all types read with one `Describe…` call.

/// Implements `Reconcile` for a type that implements `Described` and has `make`, `modify` and `remove`.
macro_rules! reconciled {
    ($type:ty) => {
        impl $type {
            /// Makes the reconciler of a provider in a region.
            pub(crate) fn new(scope: $crate::clients::Scope) -> Self {
                Self(scope.network())
            }
        }

        impl bastionless_model::cloud::Reconcile for $type {
            reconciled!(@common $type);

            fn observe<'a>(
                &'a self,
                ids: &'a [bastionless_model::cloud::Identity],
            ) -> bastionless_model::cloud::Future<'a, Vec<bastionless_model::cloud::Observed>> {
                Box::pin($crate::ec2::kind::observe::<$type>(&self.0, ids))
            }

            fn settle<'a>(
                &'a self,
                op: &'a bastionless_model::cloud::Operation<'a>,
                state: &'a bastionless_model::value::Value,
            ) -> bastionless_model::cloud::Future<'a, Result<(), bastionless_model::cloud::Failure>>
            {
                Box::pin($crate::ec2::kind::settle::<$type>(&self.0, op, state))
            }

            fn find<'a>(
                &'a self,
                intent: Option<&'a bastionless_model::cloud::Intent>,
                planned: &'a bastionless_model::value::Value,
            ) -> bastionless_model::cloud::Future<
                'a,
                Result<bastionless_model::cloud::Found, bastionless_model::cloud::OpError>,
            > {
                Box::pin($crate::ec2::kind::find_marked::<$type>(&self.0, intent, planned))
            }

            fn clear_marker<'a>(
                &'a self,
                states: &'a [bastionless_model::value::Value],
            ) -> bastionless_model::cloud::Future<'a, Result<(), bastionless_model::cloud::OpError>>
            {
                Box::pin(self.0.unmark($crate::ec2::tagging::ids_of(states, "id")))
            }
        }
    };
    (@common $type:ty) => {
        fn create<'a>(
            &'a self,
            op: &'a bastionless_model::cloud::Operation<'a>,
            planned: &'a bastionless_model::value::Value,
        ) -> bastionless_model::cloud::Future<
            'a,
            Result<bastionless_model::value::Value, bastionless_model::cloud::Failure>,
        > {
            Box::pin(self.make(op, planned))
        }

        fn update<'a>(
            &'a self,
            op: &'a bastionless_model::cloud::Operation<'a>,
            prior: &'a bastionless_model::value::Value,
            planned: &'a bastionless_model::value::Value,
        ) -> bastionless_model::cloud::Future<
            'a,
            Result<bastionless_model::value::Value, bastionless_model::cloud::Failure>,
        > {
            Box::pin(self.modify(op, prior, planned))
        }

        fn delete<'a>(
            &'a self,
            op: &'a bastionless_model::cloud::Operation<'a>,
            prior: &'a bastionless_model::value::Value,
        ) -> bastionless_model::cloud::Future<'a, Result<(), bastionless_model::cloud::Failure>> {
            Box::pin(async move { Ok(self.remove(op, prior).await?) })
        }
    };
}
