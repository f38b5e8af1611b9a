//! The struct for a component that is ready to be instantiated.

use super::world::Names;
use crate::krate;
use proc_macro2::TokenStream;
use quote::quote;

/// A component whose imports and exports have been found.
pub(super) fn pre_struct(Names { world, pre, indices }: &Names) -> TokenStream {
    let krate = krate();
    let doc = format!("What is ready to become a [`{world}`]: all it imports and exports has been found.");
    quote! {
        #[doc = #doc]
        pub struct #pre<__T: 'static> {
            instance_pre: #krate::InstancePre<__T>,
            indices: #indices,
        }

        impl<__T: 'static> ::std::clone::Clone for #pre<__T> {
            fn clone(&self) -> Self {
                #pre { instance_pre: self.instance_pre.clone(), indices: self.indices.clone() }
            }
        }

        impl<__T: 'static> ::std::fmt::Debug for #pre<__T> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(&self.instance_pre, f)
            }
        }

        impl<__T: 'static> #pre<__T> {
            /// Finds the exports.
            ///
            /// # Errors
            /// If one is missing.
            pub fn new(instance_pre: #krate::InstancePre<__T>) -> #krate::internal::Result<Self> {
                let indices = #indices::new(instance_pre.component())?;
                ::std::result::Result::Ok(#pre { instance_pre, indices })
            }

            /// Its engine.
            pub fn engine(&self) -> &#krate::internal::Engine {
                self.instance_pre.engine()
            }

            /// What it is made of.
            pub fn instance_pre(&self) -> &#krate::InstancePre<__T> {
                &self.instance_pre
            }

            /// Makes an instance.
            ///
            /// # Errors
            /// If an export has another type, a limit is hit, or initialization fails.
            pub fn instantiate(
                &self,
                mut store: impl #krate::internal::AsContextMut<Data = __T>,
            ) -> #krate::internal::Result<#world> {
                let instance = self.instance_pre.instantiate(&mut store)?;
                self.indices.load(&mut store, &instance)
            }

            /// The same on a stack of its own, so that initialization can wait.
            ///
            /// # Errors
            /// As for `instantiate`.
            pub async fn instantiate_async(
                &self,
                mut store: impl #krate::internal::AsContextMut<Data = __T>,
            ) -> #krate::internal::Result<#world>
            where
                __T: ::std::marker::Send,
            {
                let instance = self.instance_pre.instantiate_async(&mut store).await?;
                self.indices.load(&mut store, &instance)
            }
        }
    }
}
